import type { Location } from "../diagnostic.js";
import type { SourceText } from "../source-text.js";

/** A path into the values of an entry: keys and list indexes. */
export type ValuePath = readonly (string | number)[];

/** One entry of the graph notation: a kind of node and its values, `base` and `name` filled in. */
export interface BlockDeviceEntry {
  readonly kind: string;
  readonly name: string;
  readonly values: Readonly<Record<string, unknown>>;
  /** Place of a value (or of its key) in the YAML; of the nearest thing around it when it is not written there. */
  readonly locate: (path: ValuePath, part?: "key" | "value") => Location;
}

/** A block-device configuration in graph notation, in upstream's order (inner entries of a tree come first). */
export interface BlockDeviceGraph {
  readonly source: SourceText;
  readonly entries: readonly BlockDeviceEntry[];
}

/** A value of an entry as text; undefined when it is missing or not text. */
export function textValue(entry: BlockDeviceEntry, key: string): string | undefined {
  const value = entry.values[key];
  return typeof value === "string" ? value : undefined;
}
