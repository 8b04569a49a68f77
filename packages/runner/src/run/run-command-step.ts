import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { CommandFailure, CommandResult } from "@dibkit/exec";
import { err, type Result } from "@dibkit/model";
import { type MountEntry, parseMountInfo } from "../host/mount-table.js";
import { chooseNetwork } from "../host/network/choose-network.js";
import type { OpenNetwork } from "../host/network/network.js";
import { shareCaches } from "../host/private-cache.js";
import { HOOKS_DIRECTORY, TARGET_DIRECTORY } from "../job/build-directories.js";
import type { EnvironmentValues } from "../job/environment-values.js";
import type { ImageState } from "../job/layer.js";
import { serialiseEnvironment } from "../plan/environment-capture.js";
import { secretFilter, secretValues } from "../plan/secrets.js";
import type { BuildSession } from "./build-session.js";
import type { StepNetworkUse } from "./network-use.js";
import { renderStepScript, type StepScript } from "./step-script.js";

/** Exit code of a step's first process when it could not mount what the script needs. */
export const PREPARING_FAILED = 125;

/** A command to run on a state of the image. */
export interface CommandStep {
  /** `install.d/50-x`, or a phase: what it is asked for a network by. */
  readonly id: string;
  /** Why it has the host's network, where dibkit chooses. */
  readonly unwatched?: string;
  readonly side: "host" | "target";
  /** Words; a target command goes through `sh -c` as one string. */
  readonly command: readonly string[];
  readonly environment: EnvironmentValues;
  /** Show the hooks at `tmp/in_target.d`. */
  readonly withHooks: boolean;
  readonly state: ImageState;
  /** The real disk is mounted at the target already: no overlays. */
  readonly onDisk?: boolean;
  /** Directory to stage a layer in; absent: changes are thrown away. */
  readonly staging: string;
  /** Log file, appended to. */
  readonly log: string;
  readonly onOutput?: (line: string) => void;
  readonly capture?: boolean;
  readonly interactive?: boolean;
  readonly onError?: StepScript["onError"];
}

export interface CommandStepResult {
  readonly outcome: Result<CommandResult, CommandFailure>;
  /** The mount table when the command ended; empty when it could not be started, or not be looked after. */
  readonly table: readonly MountEntry[];
  /** What the command wrote to descriptor 3. */
  readonly captured: Buffer;
  readonly used: StepNetworkUse;
  /** The network that it ran in, when that is one that leads somewhere by variables. */
  readonly open?: OpenNetwork;
}

/** Runs one command in namespaces of its own and waits until the kernel has taken its mounts and processes. */
export async function runCommandStep(session: BuildSession, step: CommandStep): Promise<CommandStepResult> {
  const file = (name: string) => join(step.staging, name);
  const ready = await session.networks.of(step.id, step.unwatched);
  if (!ready.ok) return withoutNetwork(session, step, ready.error);
  const { network, open, scripts, unwatched } = ready.value;
  mkdirSync(step.staging, { recursive: true });
  const shown = step.onDisk ? undefined : await session.trees.show(step.state, step.staging);
  const variables = open?.environment(step.id, step.environment) ?? step.environment;
  writeFileSync(file("environment"), serialiseEnvironment(variables), { mode: 0o600 });
  writeFileSync(file("captured"), "");
  writeFileSync(file("mountinfo"), "");
  const script = renderStepScript({
    network,
    trees: shown === undefined ? [] : [shown.root, ...(shown.inside ?? []), shown.hooks],
    target: TARGET_DIRECTORY,
    mounts: [...step.state.mounts, ...(session.diskDevices ?? [])],
    named: session.named,
    staging: step.staging,
    chroot: step.side === "target",
    ...(step.withHooks && step.side === "target" ? { hooksInTarget: HOOKS_DIRECTORY } : {}),
    command: step.command,
    workingDirectory: session.job.request.workingDirectory,
    environmentFile: file("environment"),
    mountTableFile: file("mountinfo"),
    ...(step.capture ? { resultFile: file("captured") } : {}),
    ...(step.interactive ? { interactive: true } : {}),
    ...(step.onError ? { onError: step.onError } : {}),
  });
  writeFileSync(file("step.sh"), script);
  const logs = [step.log, session.job.request.logFile ?? []].flat().map(openLog);
  const filter = secretFilter(session.secretNames, session.base, step.environment);
  const secrets = [session.base, step.environment].flatMap((one) =>
    Object.values(secretValues(session.secretNames, one)),
  );
  const watch = open?.watch({ environment: step.environment, secrets });
  try {
    const outcome = await scripts.run(file("step.sh"), {
      signal: session.signal,
      ...(filter === undefined ? {} : { filter }),
      onOutput: (line) => {
        for (const log of logs) log.write(line);
        step.onOutput?.(line);
      },
    });
    for (const log of logs) if (log.trouble !== undefined) throw log.trouble;
    await shareCaches(step.staging, session.named);
    const table = parseMountInfo(readFileSync(file("mountinfo"), "utf8"));
    const use = (await watch?.end()) ?? { fetched: [], past: 0 };
    const images = session.containers.takeNew();
    const used = { network, ...use, images, ...(unwatched === undefined ? {} : { unwatched }) };
    for (const { sha256 } of used.fetched) if (sha256 !== undefined) session.fetchedDigests.add(sha256);
    return { outcome, table, captured: readFileSync(file("captured")), used, ...(open ? { open } : {}) };
  } finally {
    for (const log of logs) log.close();
  }
}

/** Nothing was started, as when what a step needs could not be mounted. */
function withoutNetwork(
  session: BuildSession,
  { id, command }: CommandStep,
  tail: readonly string[],
): CommandStepResult {
  const outcome = err({ kind: "exited", exitCode: PREPARING_FAILED, argv: command, tail } as const);
  const used = { network: chooseNetwork(session.job.request, id), fetched: [], past: 0, images: [] };
  return { outcome, table: [], captured: Buffer.alloc(0), used };
}

/**
 * A log that is written in place, so that a script that prints a gigabyte costs disk and no memory. A full disk is told
 * when the script has ended, because nobody could catch it before.
 */
function openLog(path: string) {
  const file = openSync(path, "a");
  const log = {
    trouble: undefined as unknown,
    write(line: string) {
      if (log.trouble !== undefined) return;
      try {
        writeSync(file, `${line}\n`);
      } catch (error) {
        log.trouble = Object.assign(error as Error, { path });
      }
    },
    close: () => closeSync(file),
  };
  return log;
}
