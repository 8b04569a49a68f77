import type { Location } from "../diagnostic.js";
import { type Element, textOf } from "../element.js";
import { metadataFile } from "./metadata-file.js";
import { strippedLines } from "./text-lines.js";
import type { View } from "./view.js";

/** One line of `element-deps` or `element-provides`. */
export interface NameEntry {
  /** The stripped line, which is what upstream takes as the name, `#` lines included. */
  readonly name: string;
  /** The line looks like a comment, but upstream has none here: it is the name of an element that cannot exist. */
  readonly comment: boolean;
  readonly location: Location;
}

type NameList = View<readonly NameEntry[]>;

const listsByElement = new WeakMap<Element, Map<string, NameList>>();

/** The names in `element-deps` or `element-provides`, in the order of the file, repetitions kept. Parsed once. */
export function nameList(element: Element, path: "element-deps" | "element-provides"): NameList {
  const lists = listsByElement.get(element) ?? new Map<string, NameList>();
  const list = lists.get(path) ?? parseNameList(element, path);
  listsByElement.set(element, lists.set(path, list));
  return list;
}

function parseNameList(element: Element, path: "element-deps" | "element-provides"): NameList {
  const file = metadataFile(element, path);
  if (file === undefined) return { value: [], diagnostics: [] };
  const value = strippedLines(textOf(element, file)).map(({ text, location }) => ({
    name: text,
    comment: text.startsWith("#"),
    location,
  }));
  return { value, diagnostics: [] };
}
