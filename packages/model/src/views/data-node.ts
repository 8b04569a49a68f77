import type { Location } from "../diagnostic.js";

/** One `key: value` of a mapping; keys that are not strings are given as YAML would print them. */
export interface DataEntry {
  readonly key: string;
  readonly keyLocation: Location;
  readonly node: DataNode;
}

/** A node of a YAML or JSON file with the place it was written; aliases and merge keys are already followed. */
export type DataNode =
  | { readonly kind: "scalar"; readonly value: DataScalar; readonly location: Location }
  | { readonly kind: "mapping"; readonly entries: readonly DataEntry[]; readonly location: Location }
  | { readonly kind: "sequence"; readonly items: readonly DataNode[]; readonly location: Location };

/** YAML has dates, JSON has none; no file of upstream's asks for one, but what is written like one is no text. */
export type DataScalar = string | number | boolean | null | Date;

/** Plain JavaScript data, as `JSON.parse` would give it. */
export type PlainData = DataScalar | readonly PlainData[] | { readonly [key: string]: PlainData };

/** The node as plain data; of a key given twice the last one wins, as in Python. */
export function plainData(node: DataNode): PlainData {
  if (node.kind === "scalar") return node.value;
  if (node.kind === "sequence") return node.items.map(plainData);
  return Object.fromEntries(node.entries.map((entry) => [entry.key, plainData(entry.node)]));
}

/** The entry of a mapping that counts: the last one with this key. */
export function entryOf(node: DataNode | undefined, key: string): DataEntry | undefined {
  return node?.kind === "mapping" ? node.entries.findLast((entry) => entry.key === key) : undefined;
}
