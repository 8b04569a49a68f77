import type { LayerStore } from "./layer-store.js";
import type { HelperFile } from "./script-reach.js";

type Ingredients = Readonly<Record<string, string>>;

const LARGEST_KEPT = 100_000;
const MOST_DIFF_LINES = 12;

/** Texts behind the ingredients of one step: its script, and the element files that it reaches. */
export function ingredientTexts(
  script: string | undefined,
  helpers: readonly HelperFile[],
): (ingredient: string) => string | undefined {
  const byId = new Map(helpers.map(({ id, text }) => [id, text]));
  return (ingredient) => (ingredient === "script" ? script : byId.get(ingredient.replace(/^file /, "")));
}

/** Keeps them, each once, so that a later miss can show what has changed. */
export async function keepIngredientTexts(
  store: LayerStore,
  ingredients: Ingredients,
  textOf: (ingredient: string) => string | undefined,
): Promise<void> {
  for (const [name, hash] of Object.entries(ingredients)) {
    const text = name === "script" || name.startsWith("file ") ? textOf(name) : undefined;
    if (text !== undefined && text.length <= LARGEST_KEPT) await store.records.saveText(hash, text);
  }
}

/** The changed lines of an ingredient, each with `+` or `-` before it; empty when its earlier text was not kept. */
export async function ingredientDiff(
  store: LayerStore,
  before: string | undefined,
  now: string | undefined,
): Promise<readonly string[]> {
  if (before === undefined || now === undefined) return [];
  const earlier = await store.records.text(before);
  if (earlier === undefined) return [];
  const { diffLines } = await import("diff");
  const lines = diffLines(earlier, now).flatMap(({ added, removed, value }) =>
    added || removed
      ? value
          .replace(/\n$/, "")
          .split("\n")
          .map((line) => `${added ? "+" : "-"} ${line}`)
      : [],
  );
  const rest = lines.length - MOST_DIFF_LINES;
  return rest > 0 ? [...lines.slice(0, MOST_DIFF_LINES), `… ${rest} more lines`] : lines;
}
