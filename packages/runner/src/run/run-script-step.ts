import { mkdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { type CommandFailure, exitCodeOf } from "@dibkit/exec";
import type { Result } from "@dibkit/model";
import { err, ok } from "@dibkit/model";
import { recordMounts } from "../host/record-mounts.js";
import { TARGET_DIRECTORY } from "../job/build-directories.js";
import type { BuildFailure } from "../job/build-job.js";
import type { ImageState, StepEntry } from "../job/layer.js";
import { claimKey } from "../layers/claim-key.js";
import type { CopyFailure } from "../layers/copy-layer.js";
import type { LayerKey } from "../layers/layer-key.js";
import { afterLayer, layerName } from "../layers/layer-store.js";
import { lookUp } from "../layers/look-up.js";
import { findStepKey, type ScriptStep, stepName } from "../plan/script-step.js";
import { couldSeeSecret } from "../plan/secret-reach.js";
import { bringLayer } from "./bring-layer.js";
import { type BuildSession, lookUpContext, stagingPlace } from "./build-session.js";
import { isToolState } from "./host-tool-state.js";
import { keepStep } from "./keep-step.js";
import { runCommandStep } from "./run-command-step.js";

/** Exit code of a step's first process when it could not mount what the script needs. */
const MOUNTING_FAILED = 125;

/** Uses the step's layer when there is one, runs the step otherwise; gives the state after it. */
export async function runScriptStep(
  session: BuildSession,
  state: ImageState,
  step: ScriptStep,
): Promise<Result<ImageState, BuildFailure>> {
  if (session.signal.aborted) return err({ kind: "interrupted" });
  const id = stepName(step.label);
  const key = await findStepKey(step, state, session.helpers, session.job.request, session.digest);
  if (session.sealed.by === undefined && couldSeeSecret(step, key, session)) {
    session.sealed.by = id;
    session.remote?.seal(id);
  }
  if (step.onDisk || step.interactive) return runNow(session, state, step, key, undefined);
  const look = () => lookUp(lookUpContext(session), "step", id, key);
  const found = await look();
  if (found.hit) return useLayer(session, state, step, found.entry);
  const claim = await claimKey(session.store, key.key, {
    build: session.job.id,
    commands: session.commands,
    signal: session.signal,
    onWait: (build) => session.emit({ type: "note", message: `${id} is being run by build ${build}: waiting for it` }),
  });
  try {
    const now = claim.waited ? await look() : found;
    if (now.hit) return await useLayer(session, state, step, now.entry);
    const brought = await bringLayer(session, step, key);
    if (brought !== undefined) return await useLayer(session, state, step, brought.entry, brought.from);
    if (session.job.request.pullOnly) return stopHere(session, id);
    return await runNow(session, state, step, key, now.reason);
  } finally {
    await claim.release();
  }
}

/** The end of a build that is to bring layers only. */
function stopHere({ emit }: BuildSession, step: string): Result<never, BuildFailure> {
  emit({ type: "note", message: `${step} is in no cache: a build would run it` });
  return err({ kind: "interrupted" });
}

async function useLayer(
  session: BuildSession,
  state: ImageState,
  step: ScriptStep,
  layer: StepEntry,
  from?: string,
): Promise<Result<ImageState, BuildFailure>> {
  await session.recorder.noteStep(step, state, layerName(layer.key));
  const { label } = step;
  const outcome = { outcome: "cached", ...(from === undefined ? {} : { from }) } as const;
  session.emit({ type: "step-finished", id: stepName(label), label, seconds: layer.seconds, ...outcome });
  session.remote?.offer(layer);
  return ok(afterLayer(state, layer));
}

async function runNow(
  session: BuildSession,
  state: ImageState,
  step: ScriptStep,
  key: LayerKey,
  reason: string | undefined,
): Promise<Result<ImageState, BuildFailure>> {
  const { label } = step;
  session.emit({ type: "step-started", id: stepName(label), label, ...(reason === undefined ? {} : { reason }) });
  await session.recorder.noteStep(step, state);
  if (step.onDisk) session.diskSteps?.push({ label, began: Date.now() });
  return execute(session, state, step, key);
}

async function execute(
  session: BuildSession,
  state: ImageState,
  step: ScriptStep,
  key: LayerKey,
  inMemory = true,
): Promise<Result<ImageState, BuildFailure>> {
  const id = stepName(step.label);
  const log = join(session.logs, `${id.replaceAll("/", "-")}.log`);
  // What a person sees in a shell is not to be run a second time.
  const alone = !step.onDisk && !step.interactive && !session.breaks.at("after-error");
  const memory = alone && inMemory ? await session.memory.open() : undefined;
  const name = id.replaceAll("/", "_");
  const staging = memory === undefined ? stagingPlace(session, name) : join(memory, name);
  await rm(staging, { recursive: true, force: true });
  await mkdir(staging, { recursive: true });
  if (step.side === "host") await session.hostWrites.bring(state);
  const started = performance.now();
  const running = runCommandStep(session, {
    id,
    side: step.side,
    command: step.command,
    environment: step.environment,
    withHooks: step.withHooks,
    state,
    staging,
    log,
    ...(step.onDisk ? { onDisk: true } : {}),
    ...(step.interactive ? { interactive: true } : {}),
    ...(session.breaks.at("after-error") ? { onError: errorShell(session, step, log) } : {}),
    ...(session.job.verbose ? { onOutput: (line: string) => session.emit({ type: "output", id, line }) } : {}),
  });
  const [{ outcome, table }, full] =
    memory === undefined ? [await running, false] : await session.memory.watch(running);
  const seconds = (performance.now() - started) / 1000;
  const finished = (how: "ran" | "failed") =>
    session.emit({ type: "step-finished", id, label: step.label, seconds, outcome: how });
  const giveUp = async (failure: BuildFailure) => {
    await rm(staging, { recursive: true, force: true });
    if (session.signal.aborted) return err({ kind: "interrupted" } as const);
    finished("failed");
    return err(failure);
  };
  if (!outcome.ok) {
    session.trees.discard();
    await rm(staging, { recursive: true, force: true });
    if (outcome.error.kind === "aborted" || session.signal.aborted) return err({ kind: "interrupted" });
    if (full) {
      const message = `${id} filled the memory that there was for it: it runs again, on the disk`;
      session.emit({ type: "note", message });
      return execute(session, state, step, key, false);
    }
    finished("failed");
    const unmounted = table.length === 0 && exitCodeOf(outcome.error) === MOUNTING_FAILED;
    return err(
      unmounted ? surroundingsFailure(step, outcome.error.tail) : scriptFailure(session, step, outcome.error, log),
    );
  }
  if (table.length === 0) return giveUp(surroundingsFailure(step, []));
  const strays = await session.hostWrites.takeNew();
  const telling = strays.filter((path) => !isToolState(path, step.environment));
  if (telling.length > 0) session.emit({ type: "stray-write", id, label: step.label, paths: telling });
  const mounts = recordMounts(table, TARGET_DIRECTORY, session.named);
  if (step.onDisk) {
    await rm(staging, { recursive: true, force: true });
    finished("ran");
    return ok({ ...state, mounts: mounts.records.filter((record) => !session.diskMounts?.has(record.at)) });
  }
  const kept = await keepStep(session, state, step, key, staging, { mounts, seconds, strays: strays.length > 0 });
  if (!kept.ok) {
    session.trees.discard();
    const { error } = kept;
    if (error.kind !== "unusable-root") return giveUp(keepingFailure(session, step, error));
    return giveUp(unusableRoot(session, step, error.trouble, await lastLines(log), log));
  }
  // What was in memory has been copied.
  await rm(staging, { recursive: true, force: true });
  finished("ran");
  await session.recorder.noteStep(step, state, layerName(kept.value.key));
  if (kept.value.key === key.key || kept.value.asked === key.key) session.remote?.offer(kept.value);
  return ok(afterLayer(state, kept.value));
}

function errorShell({ breaks }: BuildSession, step: ScriptStep, log: string) {
  return {
    chroot: step.side === "target" && !breaks.outsideTarget,
    command: breaks.command,
    note: `hook script ${stepName(step.label)} failed; this shell is where it ran, and leaving it ends the build`,
    log,
  };
}

function shellHelp(step: ScriptStep): string {
  const moment = step.onDisk ? "as it was before the disk was made" : "as it was just before this script";
  const there = step.side === "target" ? ` (which is there at ${step.command[0]})` : "";
  return `look into the image ${moment}${there} with "dibkit shell"; then run the same build again, which goes on from here`;
}

/** The script did not run, or nobody can say what it has left. */
function surroundingsFailure(step: ScriptStep, tail: readonly string[]): BuildFailure {
  const message = `the mounts around ${stepName(step.label)} could not be made, or what it did could not be read`;
  return { kind: "stage-failed", message, tail, help: "run the same command again to go on from here" };
}

/** The script has run, but its layer is not in the store. */
function keepingFailure({ store }: BuildSession, step: ScriptStep, { kind, tail }: CopyFailure): BuildFailure {
  if (kind === "no-space") {
    const message = `no space is left in the layer store "${store.directory}" for what ${scriptOf(step)} has written`;
    const help = "free some space there, or choose another directory with --cache-dir; then run the same command again";
    return { kind: "stage-failed", message, tail: [], help };
  }
  const message = `what ${scriptOf(step)} has written could not be put into the layer store "${store.directory}"`;
  const help = "run the same command again; if it comes back, give --no-tmpfs, or another directory with --cache-dir";
  return { kind: "stage-failed", message, tail, help };
}

function scriptOf({ label }: ScriptStep): string {
  return `hook script ${stepName(label)}${label.element === undefined ? "" : ` of element "${label.element}"`}`;
}

function scriptFailure(session: BuildSession, step: ScriptStep, failure: CommandFailure, log: string): BuildFailure {
  const exitCode = exitCodeOf(failure);
  const message = `${scriptOf(step)} failed with exit code ${exitCode}`;
  return { ...failedScript(session, step), message, exitCode, tail: failure.tail, log };
}

/** Its exit code says that all is well, and the last words of its log usually say what is not. */
function unusableRoot(
  session: BuildSession,
  step: ScriptStep,
  trouble: string,
  tail: readonly string[],
  log: string,
): BuildFailure {
  const message = `${scriptOf(step)} ended with exit code 0 but ${trouble}`;
  return { ...failedScript(session, step), message, exitCode: 1, tail, log };
}

function failedScript({ job }: BuildSession, step: ScriptStep) {
  const own = job.elements.find(({ name }) => name === step.label.element);
  return {
    kind: "script-failed",
    ...(own === undefined ? {} : { source: own.authored ? own.directory : join(own.directory, stepName(step.label)) }),
    help: step.help ?? shellHelp(step),
  } as const;
}

const LAST_LINES = 20;

async function lastLines(log: string): Promise<readonly string[]> {
  const text = await readFile(log, "utf8");
  return text.trimEnd().split("\n").slice(-LAST_LINES);
}
