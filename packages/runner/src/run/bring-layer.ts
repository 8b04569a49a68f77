import type { ImageState, OutputEntry, StepEntry } from "../job/layer.js";
import { noteIngredients } from "../layers/explain-miss.js";
import { ingredientTexts, keepIngredientTexts } from "../layers/ingredient-texts.js";
import type { LayerKey } from "../layers/layer-key.js";
import { afterLayer } from "../layers/layer-store.js";
import { lookUp, replacesLayers, whyUnusable } from "../layers/look-up.js";
import { OUTPUT_STEP } from "../plan/disk-keys.js";
import { findStepKey, type ScriptStep, stepName } from "../plan/script-step.js";
import { couldSeeSecret } from "../plan/secret-reach.js";
import type { FetchedLayer } from "../remote/layer-sources.js";
import type { WantedLayer } from "../remote/wanted-layer.js";
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
  const fetched = await session.remote?.fetch(wantedLayer(session, step, key, kind));
  if (fetched !== undefined) await noteIngredients(session.store, session.lineage, step, ingredients);
  return fetched;
}

function wantedLayer(session: BuildSession, step: string, key: string, kind: "step" | "output"): WantedLayer {
  return {
    key,
    step,
    whyNot: (entry) => (entry.kind === kind ? whyUnusable(lookUpContext(session), entry) : "it is of another kind"),
    replace: replacesLayers(session.job.request),
  };
}

/**
 * Follows the steps of a phase as far as their layers are in the store or in a registry, so that the registry's layers
 * come side by side while the first of them are put to use. What the steps of a phase are, and their environment, is
 * known at its beginning.
 */
export async function announceLayers(
  session: BuildSession,
  state: ImageState,
  steps: readonly ScriptStep[],
): Promise<void> {
  let current = state;
  for (const step of steps) {
    if (session.remote === undefined || step.onDisk || step.interactive || session.signal.aborted) return;
    const key = await findStepKey(step, current, session.keys);
    if (couldSeeSecret(step, key, session)) return;
    const id = stepName(step.label);
    const found = await lookUp(lookUpContext(session), "step", id, key);
    const entry = found.hit ? found.entry : await session.remote.announce(wantedLayer(session, id, key.key, "step"));
    if (entry?.kind !== "step") return;
    current = afterLayer(current, entry);
  }
}
