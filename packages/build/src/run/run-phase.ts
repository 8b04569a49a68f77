import type { Phase, Result } from "@dibkit/model";
import { ok } from "@dibkit/model";
import type { ImageState } from "../layers/layer.js";
import type { EnvironmentValues } from "../plan/base-environment.js";
import { HOOKS_DIRECTORY } from "../plan/base-environment.js";
import type { BuildFailure } from "./build-job.js";
import type { BuildSession } from "./build-session.js";
import { environmentOfPhase } from "./environment-of-phase.js";
import { environmentFiles, type PhaseScript, phaseScripts } from "./phase-scripts.js";
import { runScriptStep, type ScriptStep } from "./run-script-step.js";

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
    const done = await runScriptStep(session, current, scriptStep(phase, script, environment.value, onDisk));
    if (!done.ok) return done;
    current = done.value;
  }
  return ok(current);
}

function scriptStep(phase: Phase, script: PhaseScript, environment: EnvironmentValues, onDisk: boolean): ScriptStep {
  const inTarget = phase.side === "target";
  const path = `${inTarget ? "/tmp/in_target.d" : HOOKS_DIRECTORY}/${phase.name}/${script.name}`;
  return {
    label: {
      phase: phase.name,
      script: script.name,
      ...(script.element === undefined ? {} : { element: script.element }),
    },
    side: phase.side,
    command: inTarget ? ["sh", "-c", path] : [path],
    script: { hash: script.hash, mode: script.mode, text: script.text },
    environment,
    withHooks: true,
    ...(onDisk ? { onDisk: true } : {}),
  };
}
