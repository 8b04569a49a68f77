import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { exitCodeOf } from "@dibkit/exec";
import { err, ok, type Result } from "@dibkit/model";
import { recordMounts } from "../host/record-mounts.js";
import { TARGET_DIRECTORY } from "../job/build-directories.js";
import type { BuildFailure } from "../job/build-job.js";
import type { ImageState } from "../job/layer.js";
import type { LayerKey } from "../layers/layer-key.js";
import { afterLayer, layerName } from "../layers/layer-store.js";
import { type ScriptStep, stepName } from "../plan/script-step.js";
import { type BuildSession, stagingPath } from "./build-session.js";
import { isToolState } from "./host-tool-state.js";
import { keepStep } from "./keep-step.js";
import { lockFailure } from "./lock-failure.js";
import { networkUse } from "./network-use.js";
import { type CommandStepResult, PREPARING_FAILED, runCommandStep } from "./run-command-step.js";
import { keepingFailure, lastLines, mountFailure, scriptFailure, scriptOf, unusableRoot } from "./step-failures.js";

/** A step and the directories that it is given. */
interface PreparedStep {
  readonly session: BuildSession;
  readonly state: ImageState;
  readonly step: ScriptStep;
  readonly key: LayerKey;
  readonly id: string;
  readonly log: string;
  /** Where the step's layer is put together, empty. */
  readonly staging: string;
  readonly inMemory: boolean;
}

interface FinishedStep extends CommandStepResult {
  readonly seconds: number;
  /** The memory that the step wrote to was full at some time. */
  readonly full: boolean;
}

/** Runs a step whatever the store has, keeps its layer, and gives the state after it. */
export async function executeStep(
  session: BuildSession,
  state: ImageState,
  step: ScriptStep,
  key: LayerKey,
): Promise<Result<ImageState, BuildFailure>> {
  // What a person sees in a shell is not to be run a second time.
  const alone = !step.onDisk && !step.interactive && !session.breaks.at("after-error");
  const memory = alone ? await session.memory.open() : undefined;
  const prepared = await prepare(session, state, step, key, memory);
  const finished = await run(prepared);
  if (finished.outcome.ok || !finished.full || session.signal.aborted) return settle(prepared, finished);
  await discard(prepared);
  session.emit({
    type: "note",
    message: `${prepared.id} filled the memory that there was for it: it runs again, on the disk`,
  });
  const onDisk = await prepare(session, state, step, key, undefined);
  return settle(onDisk, await run(onDisk));
}

async function prepare(
  session: BuildSession,
  state: ImageState,
  step: ScriptStep,
  key: LayerKey,
  memory: string | undefined,
): Promise<PreparedStep> {
  const id = stepName(step.label);
  const log = join(session.logs, `${id.replaceAll("/", "-")}.log`);
  const name = id.replaceAll("/", "_");
  const staging = memory === undefined ? stagingPath(session, name) : join(memory, name);
  await rm(staging, { recursive: true, force: true });
  await mkdir(staging, { recursive: true });
  if (step.side === "host") await session.hostWrites.bring(state);
  return { session, state, step, key, id, log, staging, inMemory: memory !== undefined };
}

async function run({ session, state, step, id, log, staging, inMemory }: PreparedStep): Promise<FinishedStep> {
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
  const [result, full] = inMemory ? await session.memory.watch(running) : [await running, false];
  return { ...result, full, seconds: (performance.now() - started) / 1000 };
}

/** What a step that has ended comes to: the state after it, or why there is none. */
async function settle(prepared: PreparedStep, finished: FinishedStep): Promise<Result<ImageState, BuildFailure>> {
  const { session, state, step, key, log, staging } = prepared;
  const { outcome, table, seconds, used } = finished;
  const noteUse = (mounts: ImageState["mounts"]) => {
    const use = networkUse(session, step, mounts, used);
    if (use !== undefined) session.recorder.noteUse(step, use);
  };
  const refused = used.fetched.find((one) => one.refused !== undefined);
  if (refused !== undefined && !session.signal.aborted) {
    await discard(prepared);
    tellEnd(prepared, seconds, "failed");
    noteUse(state.mounts);
    return err(await lockFailure(scriptOf(step), refused, log));
  }
  if (!outcome.ok) {
    const unmounted = table.length === 0 && exitCodeOf(outcome.error) === PREPARING_FAILED;
    const interrupted = outcome.error.kind === "aborted" || session.signal.aborted;
    await discard(prepared);
    if (interrupted) return err({ kind: "interrupted" });
    tellEnd(prepared, seconds, "failed");
    noteUse(state.mounts);
    if (unmounted) return err(mountFailure(step, outcome.error.tail));
    return err(await scriptFailure(session, step, outcome.error, log, used));
  }
  if (table.length === 0) return giveUp(prepared, seconds, mountFailure(step, []));
  const strays = await session.hostWrites.takeNew();
  const telling = strays.filter((path) => !isToolState(path, step.environment));
  if (telling.length > 0) session.emit({ type: "stray-write", id: prepared.id, label: step.label, paths: telling });
  const { diskMounts } = session;
  const scripted = table.filter(({ mountPoint }) => !diskMounts?.has(mountPoint.slice(TARGET_DIRECTORY.length + 1)));
  const mounts = recordMounts(scripted, TARGET_DIRECTORY, session.named);
  if (step.onDisk) {
    await rm(staging, { recursive: true, force: true });
    tellEnd(prepared, seconds, "ran");
    noteUse(mounts.records);
    return ok({ ...state, mounts: mounts.records });
  }
  const kept = await keepStep(session, state, step, key, staging, {
    ...{ mounts, seconds, used },
    strays: strays.length > 0,
  });
  if (!kept.ok) {
    session.trees.discard();
    const { error } = kept;
    if (error.kind !== "unusable-root") return giveUp(prepared, seconds, keepingFailure(session, step, error));
    return giveUp(prepared, seconds, await unusableRoot(session, step, error.trouble, await lastLines(log), log, used));
  }
  // What was in memory has been copied.
  await rm(staging, { recursive: true, force: true });
  tellEnd(prepared, seconds, "ran");
  await session.recorder.noteStep(step, state, layerName(kept.value.key));
  if (kept.value.key === key.key || kept.value.asked === key.key) session.remote?.offer(kept.value);
  return ok(afterLayer(state, kept.value));
}

function tellEnd({ session, id, step: { label } }: PreparedStep, seconds: number, outcome: "ran" | "failed"): void {
  session.emit({ type: "step-finished", id, label, seconds, outcome });
}

/** Nothing of the step is kept: neither its layer nor what plain copies were changed to. */
async function discard({ session, staging }: PreparedStep): Promise<void> {
  session.trees.discard();
  await rm(staging, { recursive: true, force: true });
}

async function giveUp(
  prepared: PreparedStep,
  seconds: number,
  failure: BuildFailure,
): Promise<Result<never, BuildFailure>> {
  await rm(prepared.staging, { recursive: true, force: true });
  if (prepared.session.signal.aborted) return err({ kind: "interrupted" });
  tellEnd(prepared, seconds, "failed");
  return err(failure);
}

/** What runs where a step has failed. A command of the caller's speaks for itself. */
function errorShell({ breaks }: BuildSession, step: ScriptStep, log: string) {
  const isShell = breaks.command.length === 1;
  const note = `hook script ${stepName(step.label)} failed; this shell is where it ran, and leaving it ends the build`;
  return {
    chroot: step.side === "target" && !breaks.outsideTarget,
    command: breaks.command,
    ...(isShell ? { say: { note, log } } : {}),
  };
}
