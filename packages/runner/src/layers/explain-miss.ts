import { ingredientDiff } from "./ingredient-texts.js";
import { changedIngredients } from "./layer-key.js";
import type { LayerStore } from "./layer-store.js";

/** The reason to run a step that this image has not had before. */
export const NEVER_RAN = "never ran before in this image";

type Ingredients = Readonly<Record<string, string>>;

/** Remembers what a step was last made of; `lineage` names the image's line of steps. */
export async function noteIngredients(
  store: LayerStore,
  lineage: string,
  step: string,
  now: Ingredients,
): Promise<void> {
  await store.records.saveIngredients(lineage, step, now);
}

/** Whether the ingredients are those that were remembered last: the step comes to the same for the second time. */
export async function isRepeated(store: LayerStore, lineage: string, step: string, now: Ingredients): Promise<boolean> {
  const last = await store.records.ingredients(lineage, step);
  return last !== undefined && changedIngredients(last, now).length === 0;
}

/**
 * Why a step has no usable layer, in a few words: `variable DIB_RELEASE changed`; `unchanged` when nothing did, for a
 * step whose layer is not kept each time.
 */
export async function explainMiss(
  store: LayerStore,
  lineage: string,
  step: string,
  now: Ingredients,
  unchanged?: string,
): Promise<string> {
  return describeMiss(await store.records.ingredients(lineage, step), now, unchanged);
}

/** The changed lines of the text that a miss is explained with; empty when it is no text. */
export async function diffOfMiss(
  store: LayerStore,
  lineage: string,
  step: string,
  now: Ingredients,
  textOf: (ingredient: string) => string | undefined,
): Promise<readonly string[]> {
  const last = await store.records.ingredients(lineage, step);
  const [first] = last === undefined ? [] : changedIngredients(last, now);
  return first === undefined ? [] : ingredientDiff(store, last?.[first], textOf(first));
}

/** The sentence for a miss, given the ingredients of the step's newest layer and those of now. */
export function describeMiss(
  last: Ingredients | undefined,
  now: Ingredients,
  unchanged = "its layer is gone from the cache",
): string {
  if (last === undefined) return NEVER_RAN;
  const changed = changedIngredients(last, now);
  const [first, ...others] = changed;
  if (first === undefined) return unchanged;
  const verb = last[first] === undefined ? "is new" : now[first] === undefined ? "is gone" : "changed";
  return `${first} ${verb}${others.length === 0 ? "" : ` (and ${others.length} more)`}`;
}
