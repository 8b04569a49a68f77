import { err, ok, phasesOn, type Result } from "@dibkit/model";
import type { BuildFailure, BuildJob, BuildOutcome } from "../job/build-job.js";
import { recordTimeline } from "../job/build-timeline.js";
import { emptyState, type ImageState } from "../job/layer.js";
import { ownSteps } from "../plan/own-steps.js";
import { stepName } from "../plan/script-step.js";
import type { BuildSession } from "./build-session.js";
import { makeImage } from "./make-image.js";
import { openSession, type WorkerContext } from "./open-session.js";
import { runPhase, upToStop } from "./run-phase.js";
import { runScriptStep } from "./run-script-step.js";
import { systemFailure } from "./system-failure.js";

/** Builds an image: root tree in layers, then the disk, then the output formats. Runs inside the build's namespaces. */
export async function runBuild(job: BuildJob, context: WorkerContext): Promise<BuildOutcome> {
  const timeline = recordTimeline(job.id, context.emit);
  const session = await openSession(job, { ...context, emit: timeline.emit });
  const { stopAfter } = job.request;
  const outputs = await buildOutputs(session).finally(() => session.networks.close());
  const failed = !outputs.ok;
  const interrupted = failed && outputs.error.kind === "interrupted";
  const status = failed ? (interrupted ? "interrupted" : "failed") : stopAfter === undefined ? "built" : "stopped";
  try {
    await session.recorder.finish(status, outputs.ok ? outputs.value : []);
    await session.store.records.saveTimeline(timeline.finish(status));
  } catch (error) {
    const failure = systemFailure(error);
    if (failure === undefined) throw error;
    // What the build itself came to counts more.
    context.emit({ type: "warning", message: `the build will not be remembered: ${failure.message}` });
  }
  session.contentSource?.finish();
  await session.remote?.finish();
  return outputs.ok ? { kind: "built", outputs: outputs.value } : outputs.error;
}

async function buildOutputs(session: BuildSession) {
  const tree = await buildTree(session);
  if (!tree.ok) return tree;
  return session.job.request.stopAfter === undefined ? makeImage(session, tree.value) : ok([]);
}

/** Every phase before the disk, and dibkit's own steps between them; no more than the request asks for. */
async function buildTree(session: BuildSession): Promise<Result<ImageState, BuildFailure>> {
  const own = ownSteps(session.job.request, session.base);
  const { stopAfter } = session.job.request;
  let state = emptyState(session.trees.kind);
  for (const phase of phasesOn("tree")) {
    const done = await runPhase(session, phase, state, false);
    if (!done.ok) return done;
    state = done.value;
    if (stopAfter?.startsWith(`${phase.name}/`)) break;
    const after = own.flatMap((one) => (one.after === phase.name ? [one.step] : []));
    const wanted = upToStop(session, after);
    for (const step of wanted) {
      const finished = await runScriptStep(session, state, step);
      if (!finished.ok) return finished;
      state = finished.value;
    }
    if (wanted.some(({ label }) => stepName(label) === stopAfter)) break;
  }
  return session.signal.aborted ? err({ kind: "interrupted" }) : ok(state);
}
