import type { ImageEntry } from "@dibkit/model";

/** Name of an image without `imagename` and without an entry before it. */
const FIRST_NAME = "image";

/**
 * Images of a list of entries, as upstream merges them: an entry without `imagename` belongs to the image before it;
 * entries of one name are merged, lists appended, mappings updated, everything else replaced. Nothing is changed in
 * place, so that entries which share a YAML anchor do not see each other's additions, as they do upstream.
 */
export function mergeImageEntries(entries: readonly ImageEntry[]): readonly ImageEntry[] {
  const images = new Map<string, ImageEntry>();
  let name = FIRST_NAME;
  for (const entry of entries) {
    name = entry.imagename ?? name;
    const known = images.get(name);
    images.set(name, known === undefined ? { ...entry, imagename: name } : mergeTwo(known, entry));
  }
  return [...images.values()];
}

type Value = ImageEntry[keyof ImageEntry];

function mergeTwo(one: ImageEntry, other: ImageEntry): ImageEntry {
  const merged: Record<string, Value> = { ...one };
  for (const [key, value] of Object.entries(other) as [string, Value][]) merged[key] = mergeValue(merged[key], value);
  return merged as ImageEntry;
}

function mergeValue(known: Value, value: Value): Value {
  if (Array.isArray(value)) return [...((known as readonly string[] | undefined) ?? []), ...value] as Value;
  if (value !== null && typeof value === "object") return { ...(known as object | undefined), ...value } as Value;
  return value;
}
