import type { Location } from "../diagnostic.js";
import { type Element, fileSize, type RegularFile, regularFileAt, textOf } from "../element.js";
import { entryAt, fileOutside } from "../element-lookup.js";

/**
 * The file that upstream would read in place at `path`: like `regularFileAt`, but for an element on disk a link may
 * lead outside the element.
 */
export function metadataFile(element: Element, path: string): RegularFile | undefined {
  const entry = entryAt(element, path);
  if (entry === undefined || entry.kind === "file") return entry;
  const inside = regularFileAt(element, path);
  return inside === undefined && entry.kind === "symlink" ? fileOutside(entry) : inside;
}

// Of a larger file, an image of a disk perhaps, no line is shown: it may not even fit into memory.
const LARGEST_SHOWN = 10_000_000;

/** The first line of a file, computed when asked for, so that listing files does not read them. */
export function firstLine(element: Element, file: RegularFile): Location {
  const nothing = { path: file.origin.kind === "disk" ? file.origin.path : element.root, text: "" };
  const source = () => (fileSize(file) > LARGEST_SHOWN ? nothing : textOf(element, file));
  return {
    get source() {
      return source();
    },
    start: 0,
    get end() {
      const { text } = source();
      const newline = text.search(/\r?\n/);
      return newline === -1 ? text.length : newline;
    },
  };
}
