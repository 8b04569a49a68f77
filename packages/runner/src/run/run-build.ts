import { err, ok, phasesOn, type Result } from "@dibkit/model";
import type { BuildFailure, BuildJob, BuildOutcome } from "../job/build-job.js";
import { recordTimeline } from "../job/build-timeline.js";
import { emptyState, type ImageState } from "../job/layer.js";
import { ownSteps } from "../plan/own-steps.js";
import type { BuildSession } from "./build-session.js";
import { makeImage } from "./make-image.js";
import { openSession, type SessionSurroundings } from "./open-session.js";
import { runPhase } from "./run-phase.js";
import { runScriptStep } from "./run-script-step.js";
import { systemFailure } from "./system-failure.js";

/** Builds an image: root tree in layers, then the disk, then the output formats. Runs inside the build's namespaces. */
export async function runBuild(job: BuildJob, surroundings: SessionSurroundings): Promise<BuildOutcome> {
  const timeline = recordTimeline(job.id, surroundings.emit);
  const session = await openSession(job, { ...surroundings, emit: timeline.emit });
  const tree = await buildTree(session);
  const outputs = tree.ok ? await makeImage(session, tree.value) : tree;
  const failed = !outputs.ok;
  const interrupted = failed && outputs.error.kind === "interrupted";
  const status = failed ? (interrupted ? "interrupted" : "failed") : "built";
  try {
    await session.recorder.finish(status, outputs.ok ? outputs.value : []);
    await session.store.records.saveTimeline(timeline.finish(status));
  } catch (error) {
    const failure = systemFailure(error);
    if (failure === undefined) throw error;
    // What the build itself came to counts more.
    surroundings.emit({ type: "warning", message: `the build will not be remembered: ${failure.message}` });
  }
  await session.remote?.finish();
  return outputs.ok ? { kind: "built", outputs: outputs.value } : outputs.error;
}

/** Every phase before the disk, and dibkit's own steps between them. */
async function buildTree(session: BuildSession): Promise<Result<ImageState, BuildFailure>> {
  const own = ownSteps(session.job.request, session.base);
  let state = emptyState(session.trees.kind);
  for (const phase of phasesOn("tree")) {
    const done = await runPhase(session, phase, state, false);
    if (!done.ok) return done;
    state = done.value;
    for (const { step } of own.filter(({ after }) => after === phase.name)) {
      const finished = await runScriptStep(session, state, step);
      if (!finished.ok) return finished;
      state = finished.value;
    }
  }
  return session.signal.aborted ? err({ kind: "interrupted" }) : ok(state);
}
