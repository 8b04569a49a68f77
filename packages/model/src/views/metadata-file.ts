import { readFileSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import type { Location } from "../diagnostic.js";
import { type Element, fileSize, type RegularFile, regularFileAt, textOf } from "../element.js";
import { entryAt } from "../load-element.js";
import { fsPath } from "../path-bytes.js";
import { realPath } from "../real-path.js";

const outsideByEntry = new WeakMap<object, RegularFile | undefined>();

/**
 * The file that upstream would read in place at `path`: like `regularFileAt`, but for an element on disk a link may
 * lead outside the element.
 */
export function metadataFile(element: Element, path: string): RegularFile | undefined {
  const entry = entryAt(element, path);
  if (entry === undefined || entry.kind === "file") return entry;
  const inside = regularFileAt(element, path);
  if (inside !== undefined || entry.kind !== "symlink" || entry.origin.kind !== "disk") return inside;
  if (!outsideByEntry.has(entry)) outsideByEntry.set(entry, fileOutside(entry.origin.path, entry.target, path));
  return outsideByEntry.get(entry);
}

function fileOutside(link: string, target: string, path: string): RegularFile | undefined {
  const real = realPath(resolve(dirname(link), target));
  // The kernel's files are endless, or wait for something to happen.
  if (real === undefined || /^\/(proc|sys|dev)\//.test(real)) return undefined;
  const stats = statSync(fsPath(real));
  if (!stats.isFile()) return undefined;
  let bytes: Uint8Array | undefined;
  return {
    kind: "file",
    path,
    origin: { kind: "disk", path: real },
    mode: stats.mode & 0o7777,
    size: stats.size,
    get bytes() {
      bytes ??= readFileSync(fsPath(real));
      return bytes;
    },
  };
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
