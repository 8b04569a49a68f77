import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { exitCodeOf } from "@dibkit/exec";
import { err, ok, type Result } from "@dibkit/model";
import { isAuto } from "../host/network/choose-network.js";
import { hostReason } from "../host/network/host-reasons.js";
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
import { networkNote, wentPast } from "./network-use.js";
import { proxyTrace } from "./proxy-traces.js";
import { type CommandStepResult, PREPARING_FAILED, runCommandStep } from "./run-command-step.js";
import { keepingFailure, lastLines, mountFailure, scriptFailure, scriptOf, unusableRoot } from "./step-failures.js";
import { rememberUnwatched, whyUnwatched } from "./unwatched-step.js";

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
  /** Why it has the host's network, where dibkit chooses. */
  readonly unwatched: string | undefined;
}

interface FinishedStep extends CommandStepResult {
  readonly seconds: number;
  /** The memory that the step wrote to was full at some time. */
  readonly full: boolean;
}

/** The state after a step, or why there is none; `again`: why it needs the host's network, when nothing of it is left. */
type Settled = Result<ImageState, BuildFailure> | { readonly again: string };

/** Runs a step whatever the store has, keeps its layer, and gives the state after it. */
export async function executeStep(
  session: BuildSession,
  state: ImageState,
  step: ScriptStep,
  key: LayerKey,
): Promise<Result<ImageState, BuildFailure>> {
  const settled = await attempt(session, state, step, key, await whyUnwatched(session, step));
  if (!("again" in settled)) return settled;
  await rememberUnwatched(session, step, settled.again);
  const message = `${stepName(step.label)} runs again, with the host's network: ${settled.again}`;
  session.emit({ type: "note", message });
  const unwatched = await attempt(session, state, step, key, settled.again);
  if ("again" in unwatched) throw new Error("a step was watched that has the host's network");
  return unwatched;
}

async function attempt(
  session: BuildSession,
  state: ImageState,
  step: ScriptStep,
  key: LayerKey,
  unwatched: string | undefined,
): Promise<Settled> {
  // What a person sees in a shell is not to be run a second time.
  const alone = !step.onDisk && !step.interactive && !session.breaks.at("after-error");
  const memory = alone ? await session.memory.open() : undefined;
  const prepared = await prepare(session, state, step, key, memory, unwatched);
  const finished = await run(prepared);
  const isEnough = finished.outcome.ok || whyAgain(prepared, finished) !== undefined;
  if (isEnough || !finished.full || session.signal.aborted) return settle(prepared, finished);
  await discard(prepared);
  session.emit({
    type: "note",
    message: `${prepared.id} filled the memory that there was for it: it runs again, on the disk`,
  });
  const onDisk = await prepare(session, state, step, key, undefined, unwatched);
  return settle(onDisk, await run(onDisk));
}

async function prepare(
  session: BuildSession,
  state: ImageState,
  step: ScriptStep,
  key: LayerKey,
  memory: string | undefined,
  unwatched: string | undefined,
): Promise<PreparedStep> {
  const id = stepName(step.label);
  const log = join(session.logs, `${id.replaceAll("/", "-")}.log`);
  const name = id.replaceAll("/", "_");
  const staging = memory === undefined ? stagingPath(session, name) : join(memory, name);
  await rm(staging, { recursive: true, force: true });
  await mkdir(staging, { recursive: true });
  if (step.side === "host") await session.hostWrites.bring(state);
  return { session, state, step, key, id, log, staging, inMemory: memory !== undefined, unwatched };
}

async function run({
  session,
  state,
  step,
  id,
  log,
  staging,
  inMemory,
  unwatched,
}: PreparedStep): Promise<FinishedStep> {
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
    ...(unwatched === undefined ? {} : { unwatched }),
    ...(step.onDisk ? { onDisk: true } : {}),
    ...(step.interactive ? { interactive: true } : {}),
    ...(session.breaks.at("after-error") ? { onError: errorShell(session, step, log) } : {}),
    ...(session.job.verbose ? { onOutput: (line: string) => session.emit({ type: "output", id, line }) } : {}),
  });
  const [result, full] = inMemory ? await session.memory.watch(running) : [await running, false];
  return { ...result, full, seconds: (performance.now() - started) / 1000 };
}

/** Why a step that has ended, with whatever status, did not do what it does with the host's network. */
function whyAgain({ session, id }: PreparedStep, { used }: FinishedStep, trace?: string): string | undefined {
  if (!isAuto(session.job.request, id) || session.signal.aborted) return undefined;
  if (used.past > 0) return wentPast(used.past);
  return trace === undefined ? undefined : hostReason("trace", ` ${trace}`);
}

/** What a step that has ended comes to. */
async function settle(prepared: PreparedStep, finished: FinishedStep): Promise<Settled> {
  const { session, state, step, key, log, staging } = prepared;
  const { outcome, table, seconds, used } = finished;
  const again = whyAgain(prepared, finished);
  if (again !== undefined) {
    session.containers.putBack(used.images);
    await discard(prepared);
    return { again };
  }
  const noteUse = (mounts: ImageState["mounts"]) => {
    session.recorder.noteUse(step, networkNote(session, step, mounts, used));
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
  const unusable = async (trouble: string) =>
    giveUp(prepared, seconds, await unusableRoot(session, step, trouble, await lastLines(log), log, used));
  const collected = step.onDisk ? { root: false, hooks: false } : await session.trees.collect(staging);
  const trace = used.network.open && collected.root ? await proxyTrace(join(staging, "root")) : undefined;
  if (trace !== undefined) {
    const reason = whyAgain(prepared, finished, trace);
    await discard(prepared);
    if (reason !== undefined) return { again: reason };
    return unusable(`wrote the address of the proxy that records what it fetches into ${trace}`);
  }
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
    ...{ mounts, seconds, used, collected },
    strays: strays.length > 0,
  });
  if (!kept.ok) {
    session.trees.discard();
    const { error } = kept;
    if (error.kind !== "unusable-root") return giveUp(prepared, seconds, keepingFailure(session, step, error));
    return unusable(error.trouble);
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
