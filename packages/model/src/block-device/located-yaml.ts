import type { Document, Node, YAMLError } from "yaml";
import type { Location } from "../diagnostic.js";
import { loadWhenUsed } from "../load-when-used.js";
import type { SourceText } from "../source-text.js";
import type { ValuePath } from "./block-device-entry.js";

/** A YAML text whose values can be found again: what the block-device layer needs of a parser. */
export interface LocatedYaml {
  readonly value: unknown;
  readonly errors: readonly YAMLError[];
  readonly locate: (path: ValuePath, part?: "key" | "value") => Location;
}

/** Reads YAML 1.1 as upstream's parser does (so `0x83` is a number and `yes` is true) and keeps places. */
export function locateYaml(source: SourceText): LocatedYaml {
  const document = loadWhenUsed
    .yaml()
    .parseDocument(source.text, { version: "1.1", prettyErrors: false, logLevel: "silent" });
  return {
    value: document.toJS() as unknown,
    errors: document.errors,
    locate: (path, part = "value") => locate(source, document, path, part),
  };
}

function locate(source: SourceText, document: Document, path: ValuePath, part: "key" | "value"): Location {
  const { isAlias } = loadWhenUsed.yaml();
  let node = document.contents as Node | null;
  let range = node?.range;
  for (const [depth, step] of path.entries()) {
    if (node !== null && isAlias(node)) node = (node.resolve(document) as Node | undefined) ?? null;
    const child = childOf(node, step);
    if (child === undefined) break;
    node = child.value;
    range = part === "key" && depth === path.length - 1 ? child.key?.range : (node?.range ?? child.key?.range);
  }
  return { source, start: range?.[0] ?? 0, end: range?.[1] ?? 0 };
}

function childOf(node: Node | null, step: string | number): { key?: Node; value: Node | null } | undefined {
  const { isMap, isPair, isScalar, isSeq } = loadWhenUsed.yaml();
  if (isSeq(node)) {
    const item = node.items[step as number];
    return item === undefined ? undefined : { value: item as Node };
  }
  if (!isMap(node)) return undefined;
  // The last of two equal keys wins, as in upstream's parser.
  const pair = node.items.findLast((item) => isPair(item) && isScalar(item.key) && item.key.value === step);
  return pair === undefined ? undefined : { key: pair.key as Node, value: pair.value as Node | null };
}
