import type { Phase } from "@dibkit/model";
import { HOOKS_DIRECTORY } from "../job/build-directories.js";
import type { EnvironmentValues } from "../job/environment-values.js";
import { type DeclaredPhases, variablesElsewhere } from "./declared-phases.js";
import type { ScriptStep } from "./script-step.js";

/** A hook script as it is on disk at the moment its phase starts. */
export interface PhaseScript {
  readonly name: string;
  readonly mode: number;
  readonly hash: string;
  /** Undefined when it is not text. */
  readonly text: string | undefined;
  /** The element it comes from; undefined for a script that another script made. */
  readonly element?: string;
  /** All variables it reads, as a definition in TypeScript may declare. */
  readonly inputs?: readonly string[];
}

/** The step that runs a hook script. */
export function phaseStep(
  phase: Phase,
  script: PhaseScript,
  environment: EnvironmentValues,
  onDisk: boolean,
  declared?: DeclaredPhases,
): ScriptStep {
  const inTarget = phase.side === "target";
  const path = `${inTarget ? "/tmp/in_target.d" : HOOKS_DIRECTORY}/${phase.name}/${script.name}`;
  return {
    label: {
      phase: phase.name,
      script: script.name,
      ...(script.element === undefined ? {} : { element: script.element }),
    },
    side: phase.side,
    // Not through `sh -c`: dash would drop the functions that environment.d exports.
    command: [path],
    script: { hash: script.hash, mode: script.mode, text: script.text },
    environment,
    withHooks: true,
    ...(script.inputs === undefined ? {} : { declared: script.inputs }),
    ...(declared === undefined ? {} : { elsewhere: variablesElsewhere(declared, phase) }),
    ...(onDisk ? { onDisk: true } : {}),
  };
}
