import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { CommandFailure, CommandResult } from "@dibkit/exec";
import type { Result } from "@dibkit/model";
import { type MountEntry, parseMountInfo } from "../host/mount-table.js";
import { chooseNetwork } from "../host/network/choose-network.js";
import { shareCaches } from "../host/private-cache.js";
import { HOOKS_DIRECTORY, TARGET_DIRECTORY } from "../job/build-directories.js";
import type { EnvironmentValues } from "../job/environment-values.js";
import type { ImageState } from "../job/layer.js";
import { serialiseEnvironment } from "../plan/environment-capture.js";
import { secretFilter } from "../plan/secrets.js";
import type { BuildSession } from "./build-session.js";
import { renderStepScript, type StepScript } from "./step-script.js";

/** A command to run on a state of the image. */
export interface CommandStep {
  readonly id: string;
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
}

/** Runs one command in namespaces of its own and waits until the kernel has taken its mounts and processes. */
export async function runCommandStep(session: BuildSession, step: CommandStep): Promise<CommandStepResult> {
  const file = (name: string) => join(step.staging, name);
  mkdirSync(step.staging, { recursive: true });
  const shown = step.onDisk ? undefined : await session.trees.show(step.state, step.staging);
  writeFileSync(file("environment"), serialiseEnvironment(step.environment), { mode: 0o600 });
  writeFileSync(file("captured"), "");
  writeFileSync(file("mountinfo"), "");
  const script = renderStepScript({
    network: chooseNetwork(session.job.request),
    trees: shown === undefined ? [] : [shown.root, shown.hooks],
    target: TARGET_DIRECTORY,
    mounts: step.state.mounts,
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
  try {
    const outcome = await session.scripts.run(file("step.sh"), {
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
    return { outcome, table, captured: readFileSync(file("captured")) };
  } finally {
    for (const log of logs) log.close();
  }
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
