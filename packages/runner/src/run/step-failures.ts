import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type CommandFailure, exitCodeOf } from "@dibkit/exec";
import type { BuildFailure } from "../job/build-job.js";
import type { CopyFailure } from "../layers/copy-layer.js";
import { pruneCommand } from "../layers/prune-store.js";
import { type ScriptStep, stepName } from "../plan/script-step.js";
import type { BuildSession } from "./build-session.js";
import { networkHelp, type StepNetworkUse } from "./network-use.js";

function shellHelp(step: ScriptStep): string {
  const moment = step.onDisk ? "as it was before the disk was made" : "as it was just before this script";
  const there = step.side === "target" ? ` (which is there at ${step.command[0]})` : "";
  return `look into the image ${moment}${there} with "dibkit shell"; then run the same build again, which goes on from here`;
}

/** The script did not run, or nobody can say what it has left. */
export function mountFailure(step: ScriptStep, tail: readonly string[]): BuildFailure {
  const message = `the mounts around ${stepName(step.label)} could not be made, or what it did could not be read`;
  return { kind: "stage-failed", message, tail, help: "run the same command again to go on from here" };
}

/** The script has run, but its layer is not in the store. */
export function keepingFailure({ store }: BuildSession, step: ScriptStep, { kind, tail }: CopyFailure): BuildFailure {
  if (kind === "no-space") {
    const message = `no space is left in the layer store "${store.directory}" for what ${scriptOf(step)} has written`;
    const help = `free some space there, such as with "${pruneCommand(store.directory)}", or choose another directory with --cache-dir; then run the same command again`;
    return { kind: "stage-failed", message, tail: [], help };
  }
  const message = `what ${scriptOf(step)} has written could not be put into the layer store "${store.directory}"`;
  const help = "run the same command again; if it comes back, give --no-tmpfs, or another directory with --cache-dir";
  return { kind: "stage-failed", message, tail, help };
}

/** A script in the words of a message. */
export function scriptOf({ label }: ScriptStep): string {
  return `hook script ${stepName(label)}${label.element === undefined ? "" : ` of element "${label.element}"`}`;
}

export async function scriptFailure(
  session: BuildSession,
  step: ScriptStep,
  failure: CommandFailure,
  log: string,
  used: StepNetworkUse,
): Promise<BuildFailure> {
  const exitCode = exitCodeOf(failure);
  const message = `${scriptOf(step)} failed with exit code ${exitCode}`;
  return { ...(await failedScript(session, step, used)), message, exitCode, tail: failure.tail, log };
}

/** Its exit code says that all is well, and the last words of its log usually say what is not. */
export async function unusableRoot(
  session: BuildSession,
  step: ScriptStep,
  trouble: string,
  tail: readonly string[],
  log: string,
  used: StepNetworkUse,
): Promise<BuildFailure> {
  const message = `${scriptOf(step)} ended with exit code 0 but ${trouble}`;
  return { ...(await failedScript(session, step, used)), message, exitCode: 1, tail, log };
}

async function failedScript(session: BuildSession, step: ScriptStep, used: StepNetworkUse) {
  const own = session.job.elements.find(({ name }) => name === step.label.element);
  return {
    kind: "script-failed",
    ...(own === undefined ? {} : { source: own.authored ? own.directory : join(own.directory, stepName(step.label)) }),
    help: step.help ?? [...(await networkHelp(session, step, used)), shellHelp(step)].join("; "),
  } as const;
}

const LAST_LINES = 20;

export async function lastLines(log: string): Promise<readonly string[]> {
  const text = await readFile(log, "utf8");
  return text.trimEnd().split("\n").slice(-LAST_LINES);
}
