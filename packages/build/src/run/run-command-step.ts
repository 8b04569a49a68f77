import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { Result } from "@dibkit/model";
import type { CommandFailure, CommandResult } from "../exec/command-runner.js";
import { type MountEntry, parseMountInfo } from "../host/mount-table.js";
import type { ImageState } from "../layers/layer.js";
import { type EnvironmentValues, HOOKS_DIRECTORY, TARGET_DIRECTORY } from "../plan/base-environment.js";
import type { BuildSession } from "./build-session.js";
import { serialiseEnvironment } from "./environment-capture.js";
import { type OverlayMount, renderStepScript, type StepScript } from "./step-script.js";

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
  /** The mount table when the command ended. */
  readonly table: readonly MountEntry[];
  /** What the command wrote to descriptor 3. */
  readonly captured: Buffer;
}

/** Runs one command in namespaces of its own and waits until the kernel has taken its mounts and processes. */
export async function runCommandStep(session: BuildSession, step: CommandStep): Promise<CommandStepResult> {
  const file = (name: string) => join(step.staging, name);
  for (const name of ["root", "hooks", "work-root", "work-hooks"]) mkdirSync(file(name), { recursive: true });
  writeFileSync(file("environment"), serialiseEnvironment(step.environment), { mode: 0o600 });
  writeFileSync(file("captured"), "");
  writeFileSync(file("mountinfo"), "");
  const script = renderStepScript({
    overlays: step.onDisk ? [] : overlaysOf(session, step.state, step.staging),
    target: TARGET_DIRECTORY,
    mounts: step.state.mounts,
    named: session.named,
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
  const logs = [step.log, session.job.request.logFile ?? []].flat().map((path) => openSync(path, "a"));
  try {
    const outcome = await session.commands.run(
      [
        ...["unshare", "--mount", "--pid", "--fork", "--kill-child", "--propagation", "private", "--"],
        "bash",
        file("step.sh"),
      ],
      {
        signal: session.signal,
        cwd: "/",
        // Written in place, so that a script that prints a gigabyte costs disk and no memory.
        onOutput: (line) => {
          for (const log of logs) writeSync(log, `${line}\n`);
          step.onOutput?.(line);
        },
      },
    );
    const table = parseMountInfo(readFileSync(file("mountinfo"), "utf8"));
    return { outcome, table, captured: readFileSync(file("captured")) };
  } finally {
    for (const log of logs) closeSync(log);
  }
}

/** Overlays that show a state of the image, with `staging` taking the changes. */
export function overlaysOf(session: BuildSession, state: ImageState, staging: string): readonly OverlayMount[] {
  return layerOverlays(session.store.layers, session.hooksBase, state, staging);
}

/** The target root and the hooks directory as overlays over the store's layers. */
export function layerOverlays(
  layers: string,
  hooksBase: string,
  state: ImageState,
  staging: string,
): readonly OverlayMount[] {
  const overlay = (name: "root" | "hooks", lowest: string, at: string): OverlayMount => ({
    base: layers,
    lower: [...state[name].map((layer) => `${layer}/${name}`), lowest],
    upper: { directory: join(staging, name), work: join(staging, `work-${name}`) },
    at,
  });
  return [overlay("root", "empty", TARGET_DIRECTORY), overlay("hooks", hooksBase, HOOKS_DIRECTORY)];
}
