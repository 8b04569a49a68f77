import type { Phase, Result } from "@dibkit/model";
import { ok } from "@dibkit/model";
import type { BuildFailure } from "../job/build-job.js";
import type { ImageState } from "../job/layer.js";
import { phaseStep } from "../plan/phase-step.js";
import { type ScriptStep, stepName } from "../plan/script-step.js";
import { breakStep } from "./break-points.js";
import { announceLayers } from "./bring-layer.js";
import type { BuildSession } from "./build-session.js";
import { environmentOfPhase } from "./environment-of-phase.js";
import { environmentFiles, phaseScripts } from "./phase-scripts.js";
import { runsInTarget } from "./root-trouble.js";
import { runScriptStep } from "./run-script-step.js";

/** Runs the scripts of one phase, in order, each with the environment that `environment.d` gives at its start. */
export async function runPhase(
  session: BuildSession,
  phase: Phase,
  state: ImageState,
  onDisk: boolean,
): Promise<Result<ImageState, BuildFailure>> {
  const scripts = await phaseScripts(session, state, phase.name);
  const point = phase.name.replace(/\.d$/, "");
  const { at } = session.breaks;
  if (scripts.length === 0 && !at(`before-${point}`) && !at(`after-${point}`)) return ok(state);
  const files = await environmentFiles(session, state);
  const environment = await environmentOfPhase(session, phase, state, files, onDisk);
  if (!environment.ok) return environment;
  const steps = scripts.map((script, at): ScriptStep => {
    const step = phaseStep(phase, script, environment.value, onDisk, session.job.declaredPhases);
    if (phase.name !== "root.d") return step;
    const later = scripts.slice(at + 1).map(({ text }) => text);
    return { ...step, after: { scripts: later, needsShell: runsInTarget(session.hooks, session.job.request) } };
  });
  const shell = (name: string) => breakStep(name, phase.side, session.breaks.command, environment.value, onDisk);
  if (at(`before-${point}`)) steps.unshift(shell(`before-${point}`));
  if (at(`after-${point}`)) steps.push(shell(`after-${point}`));
  const wanted = upToStop(session, steps);
  const [done] = await Promise.all([runSteps(session, state, wanted), announceLayers(session, state, wanted)]);
  return done;
}

/** The steps up to the one that the request ends after; all of them when it is not among them. */
export function upToStop({ job }: Pick<BuildSession, "job">, steps: readonly ScriptStep[]): readonly ScriptStep[] {
  const last = steps.findIndex(({ label }) => stepName(label) === job.request.stopAfter);
  return last === -1 ? steps : steps.slice(0, last + 1);
}

async function runSteps(
  session: BuildSession,
  state: ImageState,
  steps: readonly ScriptStep[],
): Promise<Result<ImageState, BuildFailure>> {
  let current = state;
  for (const step of steps) {
    const done = await runScriptStep(session, current, step);
    if (!done.ok) return done;
    current = done.value;
  }
  return ok(current);
}
