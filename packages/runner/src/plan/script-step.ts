import { initShell, ShellNotReady } from "@dibkit/shell";
import type { StepLabel } from "../job/build-event.js";
import type { EnvironmentValues } from "../job/environment-values.js";
import type { ImageState } from "../job/layer.js";
import { countedVariables } from "../layers/counted-variables.js";
import { hostInputs } from "../layers/host-inputs.js";
import { type LayerKey, layerKey, PLACES } from "../layers/layer-key.js";
import { reachOf, type ScriptReach } from "../layers/script-reach.js";
import type { KeyContext, KeyRequest } from "./key-context.js";

/** One script, of an element or of dibkit itself, that turns one state of the image into the next. */
export interface ScriptStep {
  readonly label: StepLabel;
  readonly side: "host" | "target";
  readonly command: readonly string[];
  readonly script: { readonly hash: string; readonly mode: number; readonly text: string | undefined };
  readonly environment: EnvironmentValues;
  /** The only variables that can matter to it, when that is known; otherwise all that its text can reach. */
  readonly inputs?: readonly string[];
  /** The variables that the author of an element's script declares to be all that it reads. */
  readonly declared?: readonly string[];
  readonly withHooks: boolean;
  readonly options?: Readonly<Record<string, string>>;
  /** Runs on the mounted disk: never cached. */
  readonly onDisk?: boolean;
  /** Gets the terminal; never cached. */
  readonly interactive?: boolean;
  /** What follows a script of `root.d`. */
  readonly after?: AfterScript;
  /** Variables that authors declare for scripts of other phases only. */
  readonly elsewhere?: readonly string[];
  /** Advice that fits this step better than the general one. */
  readonly help?: string;
}

/** What comes after a script of `root.d`, as far as it bears on what the script may leave. */
export interface AfterScript {
  /** The texts of the scripts of the phase that follow; undefined for one that is not text. */
  readonly scripts: readonly (string | undefined)[];
  /** Whether something will run inside the image. */
  readonly needsShell: boolean;
}

export function stepName(label: StepLabel): string {
  return `${label.phase}/${label.script}`;
}

/** `stepKey`, with the parser loaded when a text has to be parsed that nobody has parsed for this process before. */
export async function findStepKey(...asked: Parameters<typeof stepKey>): Promise<LayerKey> {
  try {
    return stepKey(...asked);
  } catch (error) {
    if (!(error instanceof ShellNotReady)) throw error;
    await initShell();
    return stepKey(...asked);
  }
}

/** The key under which the effect of a step on a state is kept; `initShell` must have finished. */
export function stepKey(
  step: ScriptStep,
  state: Pick<ImageState, "hash">,
  { request, helpers, digest, hostFiles, scripts }: KeyContext,
): LayerKey {
  const reach = stepReach(step, { helpers, scripts });
  return layerKey({
    step: stepName(step.label),
    side: step.side,
    parent: state.hash,
    scriptHash: step.script.hash,
    scriptMode: step.script.mode,
    environment: countedVariables(inputsOf(step), step.elsewhere, reach.texts),
    reach,
    ...(step.side === "host" && step.inputs === undefined
      ? { named: hostInputs(reach, inputsOf(step), request.workingDirectory, hostFiles, ownPlaces(request)) }
      : {}),
    architecture: request.architecture,
    digest,
    ...(step.options ? { options: step.options } : {}),
  });
}

/** What the script of a step can be influenced by; `initShell` must have finished. */
export function stepReach(
  step: ScriptStep,
  { helpers, scripts }: Pick<KeyContext, "helpers" | "scripts">,
): ScriptReach {
  return reachOf(step.script.text, helpers, exportedFunctions(step.environment), scripts);
}

/** Where dibkit itself keeps and writes things: every build writes there, so what is there is nobody's input. */
function ownPlaces({ imageCache, lockFiles, store, logFile }: KeyRequest): readonly string[] {
  return [imageCache, lockFiles, store, logFile].flatMap((path) => path ?? []);
}

/** Functions that environment.d exports, by name. */
function exportedFunctions(environment: EnvironmentValues): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(environment).flatMap(([name, value]) => {
      const own = /^BASH_FUNC_(.*)%%$/.exec(name)?.[1];
      // Those of the builder itself hold paths of this machine.
      return own === undefined || PLACES.has(name) ? [] : [[own, value] as const];
    }),
  );
}

function inputsOf(step: ScriptStep): EnvironmentValues {
  const { environment } = step;
  const inputs = step.inputs ?? step.declared;
  if (inputs === undefined) return environment;
  // A declaration names variables; functions of environment.d are code that runs in the script.
  const counts = (name: string) => inputs.includes(name) || (step.inputs === undefined && /^BASH_FUNC_/.test(name));
  return Object.fromEntries(Object.entries(environment).filter(([name]) => counts(name)));
}
