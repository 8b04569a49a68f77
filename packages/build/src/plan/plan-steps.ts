import {
  compareHookScripts,
  type ElementFile,
  HOOK_SCRIPT_NAME,
  isExecutable,
  PHASES,
  type Phase,
  type RegularFile,
  regularFileAt,
  viewsOf,
} from "@dibkit/model";
import { explainMiss } from "../layers/explain-miss.js";
import { EMPTY_STATE, type ImageState } from "../layers/layer.js";
import { isTooOld } from "../layers/layer-age.js";
import { hashText } from "../layers/layer-key.js";
import { afterLayer, type LayerStore } from "../layers/layer-store.js";
import type { HelperFile } from "../layers/script-reach.js";
import type { EnvironmentValues } from "./base-environment.js";
import type { BuildRequest } from "./build-request.js";
import type { HooksTree } from "./hooks-tree.js";
import { installTypeFile, ownSteps } from "./own-steps.js";
import { environmentKey, startingEnvironment } from "./phase-environment.js";
import { type PhaseScript, phaseStep } from "./phase-step.js";
import type { PlannedStep } from "./plan-document.js";
import { type ScriptStep, stepKey, stepName } from "./script-step.js";

export interface StepSurroundings {
  readonly request: BuildRequest;
  readonly hooks: HooksTree;
  readonly helpers: readonly HelperFile[];
  readonly base: EnvironmentValues;
  /** Undefined when nothing was ever built with it. */
  readonly store: LayerStore | undefined;
  readonly lineage: string;
}

/** Every script in order, and whether its layer is there. Follows the chain of layers without mounting anything. */
export async function planSteps(surroundings: StepSurroundings): Promise<readonly PlannedStep[]> {
  const steps: PlannedStep[] = [];
  const own = ownSteps(surroundings.request, surroundings.base);
  // Undefined from the first step on that has to run: what comes after it depends on its result.
  let state: ImageState | undefined = EMPTY_STATE;
  for (const phase of PHASES as readonly Phase[]) {
    const scripts = plannedScripts(surroundings, phase);
    if (!phase.beforeDisk) state = undefined;
    const environment = scripts.length > 0 && state ? await recorded(surroundings, phase, state) : undefined;
    const wanted = [
      ...scripts.map((script) => phaseStep(phase, script, environment ?? {}, !phase.beforeDisk)),
      ...own.filter(({ after }) => after === phase.name).map(({ step }) => step),
    ];
    for (const step of wanted) {
      const usable: ImageState | undefined =
        step.label.phase === phase.name && environment === undefined ? undefined : state;
      const { planned, after } = await planStep(surroundings, step, usable);
      steps.push(planned);
      state = after;
    }
  }
  return steps;
}

async function planStep(
  { request, helpers, store, lineage }: StepSurroundings,
  step: ScriptStep,
  state: ImageState | undefined,
): Promise<{ readonly planned: PlannedStep; readonly after: ImageState | undefined }> {
  const base = {
    phase: step.label.phase,
    script: step.label.script,
    element: step.label.element ?? null,
    runs: step.side,
  };
  const run = (key: string | null, reason: string) => ({
    planned: { ...base, key, cached: false, reason },
    after: undefined,
  });
  if (step.onDisk) return run(null, "works on the real disk");
  if (state === undefined) return run(null, "comes after a step that has to run");
  const { key, ingredients } = stepKey(step, state, helpers, request.architecture);
  if (request.refresh) return run(key, "asked to run everything again");
  if (store === undefined) return run(key, "never ran before in this image");
  const meta = await store.find(key);
  if (meta === undefined) return run(key, await explainMiss(store, lineage, stepName(step.label), ingredients));
  if (isTooOld(meta, request.maxAge)) return run(key, `its layer is older than ${request.maxAge}`);
  return { planned: { ...base, key, cached: true }, after: afterLayer(state, meta) };
}

/** Scripts of a phase as the elements give them, with those that install-types will link into `install.d`. */
function plannedScripts({ hooks, request }: StepSurroundings, phase: Phase): readonly PhaseScript[] {
  const found = new Map<string, PhaseScript>();
  for (const { path, element, file } of hooks.entries.values()) {
    const [directory, name, ...deeper] = path.split("/");
    if (directory !== phase.name || name === undefined || deeper.length > 0) continue;
    const regular = file.kind === "symlink" ? regularFileAt(element, path) : file;
    if (regular?.kind === "file" && HOOK_SCRIPT_NAME.test(name) && isExecutable(regular)) {
      found.set(name, phaseScript(name, regular, element.name));
    }
  }
  if (phase.name === "install.d" && hooks.entries.has("extra-data.d/99-enable-install-types")) {
    for (const linked of installTypeScripts(hooks, request)) found.set(linked.name, linked);
  }
  return [...found.values()].sort((a, b) => compareHookScripts(a.name, b.name));
}

function phaseScript(name: string, file: RegularFile, element?: string): PhaseScript {
  const text = file.bytes.subarray(0, 8000).includes(0) ? undefined : Buffer.from(file.bytes).toString("utf8");
  return { name, mode: file.mode, hash: hashText(file.bytes), text, ...(element === undefined ? {} : { element }) };
}

function installTypeScripts(hooks: HooksTree, request: BuildRequest): readonly PhaseScript[] {
  const elements = new Set([...hooks.entries.values()].map(({ element }) => element));
  return [...elements].flatMap((element) =>
    viewsOf(element)
      .installTypes.value.filter(({ prefix, type }) => {
        const chosen = request.environment[`DIB_INSTALLTYPE_${prefix.replaceAll("-", "_")}`];
        return type === (chosen ?? request.installType);
      })
      .flatMap(({ scripts }) => scripts.filter(({ executable }) => executable))
      .map(({ name, file }) => phaseScript(name, file)),
  );
}

/** The environment a phase had the last time it started from the same state. */
async function recorded(
  { hooks, request, base, store }: StepSurroundings,
  phase: Phase,
  state: ImageState,
): Promise<EnvironmentValues | undefined> {
  const files: Record<string, string> = {};
  for (const { path, element, file } of hooks.entries.values()) {
    const [directory, name, ...deeper] = path.split("/");
    if (directory !== "environment.d" || name === undefined || deeper.length > 0) continue;
    const regular: ElementFile | undefined = file.kind === "symlink" ? regularFileAt(element, path) : file;
    if (regular?.kind === "file") files[name] = hashText(regular.bytes);
  }
  const own = installTypeFile(request);
  if (phase.name !== "root.d") files[own.name] = hashText(own.text);
  const start = startingEnvironment(base, phase);
  return store?.readJson<EnvironmentValues>("e", `${environmentKey(phase, state, files, start)}.json`);
}
