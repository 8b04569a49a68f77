import { PHASES, type Phase } from "@dibkit/model";
import type { BuildJob } from "../job/build-job.js";
import { emptyState, type ImageState } from "../job/layer.js";
import { diffOfMiss, explainMiss } from "../layers/explain-miss.js";
import { forgetHostInputs } from "../layers/host-inputs.js";
import { ingredientTexts } from "../layers/ingredient-texts.js";
import { allowedAge, isTooOld } from "../layers/layer-age.js";
import { afterLayer } from "../layers/layer-store.js";
import { layerKind } from "../layers/open-layer-trees.js";
import { ownSteps } from "./own-steps.js";
import { phaseStep } from "./phase-step.js";
import { planDiskSteps } from "./plan-disk-steps.js";
import type { PlannedStep } from "./plan-document.js";
import { plannedScripts, recordedEnvironment, type StepSurroundings } from "./planned-scripts.js";
import { type ScriptStep, stepKey, stepName } from "./script-step.js";

/** Every script in order, and whether its layer is there. Follows the chain of layers without mounting anything. */
export async function planSteps(
  surroundings: StepSurroundings,
  outputs: Pick<BuildJob, "image" | "disk" | "elements">,
): Promise<readonly PlannedStep[]> {
  forgetHostInputs();
  const { store } = surroundings;
  const steps: PlannedStep[] = [];
  const own = ownSteps(surroundings.request, surroundings.base);
  // Undefined from the first step on that has to run: what comes after it depends on its result.
  let state: ImageState | undefined = emptyState((store && (await layerKind(store))) ?? "overlay");
  for (const phase of BEFORE_DISK) {
    const scripts = plannedScripts(surroundings, phase);
    const environment = scripts.length > 0 && state ? await recordedEnvironment(surroundings, phase, state) : undefined;
    const wanted = [
      ...scripts.map((script) => phaseStep(phase, script, environment ?? {}, false)),
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
  return [...steps, ...(await planDiskSteps(surroundings, outputs, state))];
}

const BEFORE_DISK = (PHASES as readonly Phase[]).filter(
  ({ beforeDisk, name }) => beforeDisk && name !== "block-device.d",
);

async function planStep(
  { request, helpers, store, lineage, digest }: StepSurroundings,
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
  if (state === undefined) return run(null, "comes after a step that has to run");
  const { key, ingredients } = stepKey(step, state, helpers, request, digest);
  if (request.refresh) return run(key, "asked to run everything again");
  if (store === undefined) return run(key, "never ran before in this image");
  const meta = await store.find(key);
  if (meta === undefined) {
    const name = stepName(step.label);
    const diff = await diffOfMiss(store, lineage, name, ingredients, ingredientTexts(step.script.text, helpers));
    const { planned } = run(key, await explainMiss(store, lineage, name, ingredients));
    return { planned: { ...planned, ...(diff.length === 0 ? {} : { diff }) }, after: undefined };
  }
  if (isTooOld(meta, request.maxAge))
    return run(key, `its layer is older than ${allowedAge(step.label.phase, request.maxAge)}`);
  return { planned: { ...base, key, cached: true }, after: afterLayer(state, meta) };
}
