import type { Phase, Result } from "@dibkit/model";
import { ok } from "@dibkit/model";
import type { ImageState } from "../layers/layer.js";
import { phaseStep } from "../plan/phase-step.js";
import type { BuildFailure } from "./build-job.js";
import type { BuildSession } from "./build-session.js";
import { environmentOfPhase } from "./environment-of-phase.js";
import { environmentFiles, phaseScripts } from "./phase-scripts.js";
import { runScriptStep } from "./run-script-step.js";

/** Runs the scripts of one phase, in order, each with the environment that `environment.d` gives at its start. */
export async function runPhase(
  session: BuildSession,
  phase: Phase,
  state: ImageState,
  onDisk: boolean,
): Promise<Result<ImageState, BuildFailure>> {
  const scripts = await phaseScripts(session, state, phase.name);
  if (scripts.length === 0) return ok(state);
  const files = await environmentFiles(session, state);
  const environment = await environmentOfPhase(session, phase, state, files, onDisk);
  if (!environment.ok) return environment;
  let current = state;
  for (const script of scripts) {
    const done = await runScriptStep(session, current, phaseStep(phase, script, environment.value, onDisk));
    if (!done.ok) return done;
    current = done.value;
  }
  return ok(current);
}
