import type { ImageState } from "../job/layer.js";
import { diffOfMiss, NEVER_RAN } from "../layers/explain-miss.js";
import { ingredientTexts } from "../layers/ingredient-texts.js";
import type { LayerKey } from "../layers/layer-key.js";
import { afterLayer } from "../layers/layer-store.js";
import { lookUp, whyUnusable } from "../layers/look-up.js";
import { hooksBaseOf } from "./hooks-tree.js";
import type { PlannedStep } from "./plan-document.js";
import type { PlanningContext } from "./planned-scripts.js";
import { type ScriptStep, stepKey, stepName } from "./script-step.js";
import { couldSeeSecret } from "./secret-reach.js";

export const AFTER_ANOTHER = "comes after a step that has to run";

/** Why the key of a script is not known though the image before it is: nobody has evaluated `environment.d` for it. */
export async function unknownEnvironment(
  { request, store, lineage }: PlanningContext,
  step: ScriptStep,
): Promise<string> {
  if (request.refresh) return "asked to run everything again";
  const before = await store?.records.ingredients(lineage, stepName(step.label));
  return before === undefined ? NEVER_RAN : "environment.d has to be evaluated first";
}

/** Steps that could see a secret are not asked for; nor is what comes after them, whose keys are not known then. */
async function inRegistry(context: PlanningContext, step: ScriptStep, key: LayerKey) {
  const { remote, request, hooks } = context;
  if (remote === undefined || couldSeeSecret(step, key, context)) return undefined;
  return remote.find(key.key, (entry) => whyUnusable({ request, hooks: hooksBaseOf(hooks) }, entry));
}

/** A step of a known state, and the state after it when its layer is there; `unknown` is the reason without a state. */
export async function planStep(
  context: PlanningContext,
  step: ScriptStep,
  state: ImageState | undefined,
  unknown: string,
): Promise<{ readonly planned: PlannedStep; readonly after: ImageState | undefined }> {
  const { request, helpers, store, lineage, hooks, keys } = context;
  const { label, side } = step;
  const base = { phase: label.phase, script: label.script, element: label.element ?? null, runs: side };
  if (state === undefined) {
    return { planned: { ...base, key: null, cached: false, reason: unknown }, after: undefined };
  }
  const name = stepName(label);
  const key = stepKey(step, state, keys);
  const found = await lookUp({ store, lineage, request, hooks: hooksBaseOf(hooks) }, "step", name, key);
  if (found.hit) return { planned: { ...base, key: key.key, cached: true }, after: afterLayer(state, found.entry) };
  const there = await inRegistry(context, step, key);
  if (there !== undefined)
    return {
      planned: { ...base, key: key.key, cached: false, registry: there.from },
      after: afterLayer(state, there.entry),
    };
  const texts = ingredientTexts(step.script.text, helpers);
  const diff = store && !request.refresh ? await diffOfMiss(store, lineage, name, key.ingredients, texts) : [];
  const planned = { ...base, key: key.key, cached: false, reason: found.reason };
  return { planned: { ...planned, ...(diff.length === 0 ? {} : { diff }) }, after: undefined };
}
