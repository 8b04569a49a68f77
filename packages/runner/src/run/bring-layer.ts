import type { OutputEntry, StepEntry } from "../job/layer.js";
import { noteIngredients } from "../layers/explain-miss.js";
import { ingredientTexts, keepIngredientTexts } from "../layers/ingredient-texts.js";
import type { LayerKey } from "../layers/layer-key.js";
import { whyUnusable } from "../layers/look-up.js";
import { OUTPUT_STEP } from "../plan/disk-keys.js";
import { type ScriptStep, stepName } from "../plan/script-step.js";
import type { FetchedLayer } from "../remote/layer-sources.js";
import { type BuildSession, lookUpContext } from "./build-session.js";

/** The step's layer from a registry, when there is one that may be used; it is in the store then, as if made here. */
export async function bringLayer(
  session: BuildSession,
  step: ScriptStep,
  key: LayerKey,
): Promise<{ readonly entry: StepEntry; readonly from: string } | undefined> {
  const id = stepName(step.label);
  const fetched = await bring(session, id, key, "step");
  if (fetched?.entry.kind !== "step") return undefined;
  await keepIngredientTexts(session.store, key.ingredients, ingredientTexts(step.script.text, session.helpers));
  return { entry: fetched.entry, from: fetched.from };
}

/** The finished outputs from a registry. */
export async function bringOutputs(session: BuildSession, key: LayerKey): Promise<OutputEntry | undefined> {
  const fetched = await bring(session, OUTPUT_STEP, key, "output");
  return fetched?.entry.kind === "output" ? fetched.entry : undefined;
}

async function bring(
  session: BuildSession,
  step: string,
  { key, ingredients }: LayerKey,
  kind: "step" | "output",
): Promise<FetchedLayer | undefined> {
  const fetched = await session.remote?.fetch({
    key,
    step,
    whyNot: (entry) => (entry.kind === kind ? whyUnusable(lookUpContext(session), entry) : "it is of another kind"),
    replace: session.job.request.maxAge !== undefined,
  });
  if (fetched !== undefined) await noteIngredients(session.store, session.lineage, step, ingredients);
  return fetched;
}
