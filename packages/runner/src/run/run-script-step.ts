import { err, ok, type Result } from "@dibkit/model";
import type { BuildFailure } from "../job/build-job.js";
import type { ImageState, StepEntry } from "../job/layer.js";
import { claimKey } from "../layers/claim-key.js";
import type { LayerKey } from "../layers/layer-key.js";
import { afterLayer, layerName } from "../layers/layer-store.js";
import { lookUp } from "../layers/look-up.js";
import { findStepKey, type ScriptStep, stepName } from "../plan/script-step.js";
import { couldSeeSecret } from "../plan/secret-reach.js";
import { bringLayer } from "./bring-layer.js";
import { type BuildSession, lookUpContext } from "./build-session.js";
import { executeStep } from "./execute-step.js";

/** Uses the step's layer when there is one, runs the step otherwise; gives the state after it. */
export async function runScriptStep(
  session: BuildSession,
  state: ImageState,
  step: ScriptStep,
): Promise<Result<ImageState, BuildFailure>> {
  if (session.signal.aborted) return err({ kind: "interrupted" });
  const id = stepName(step.label);
  const key = await findStepKey(step, state, session.keys);
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
  return executeStep(session, state, step, key);
}
