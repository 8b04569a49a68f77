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

/** The names in `element-deps` or `element-provides`, in the order of the file, repetitions kept. */
export function parseNameList(element: Element, path: "element-deps" | "element-provides"): View<readonly NameEntry[]> {
  const file = metadataFile(element, path);
  if (file === undefined) return { value: [], diagnostics: [] };
  const value = strippedLines(textOf(element, file)).map(({ text, location }) => ({
    name: text,
    comment: text.startsWith("#"),
    location,
  }));
  return { value, diagnostics: [] };
}
