import { readFileSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import type { Location } from "../diagnostic.js";
import { type Element, type RegularFile, regularFileAt, textOf } from "../element.js";
import { fsPath } from "../path-bytes.js";
import { realPath } from "../real-path.js";

const outsideByEntry = new WeakMap<object, RegularFile | undefined>();

/**
 * The file that upstream would read in place at `path`: like `regularFileAt`, but for an element on disk a link may
 * lead outside the element.
 */
export function metadataFile(element: Element, path: string): RegularFile | undefined {
  const inside = regularFileAt(element, path);
  const entry = element.files.get(path);
  if (inside !== undefined || entry?.kind !== "symlink" || entry.origin.kind !== "disk") return inside;
  if (!outsideByEntry.has(entry)) outsideByEntry.set(entry, fileOutside(entry.origin.path, entry.target, path));
  return outsideByEntry.get(entry);
}

function fileOutside(link: string, target: string, path: string): RegularFile | undefined {
  const real = realPath(resolve(dirname(link), target));
  if (real === undefined) return undefined;
  const stats = statSync(fsPath(real));
  if (!stats.isFile()) return undefined;
  let bytes: Uint8Array | undefined;
  return {
    kind: "file",
    path,
    origin: { kind: "disk", path: real },
    mode: stats.mode & 0o7777,
    get bytes() {
      bytes ??= readFileSync(fsPath(real));
      return bytes;
    },
  };
}

/** The first line of a file, computed when asked for, so that listing files does not read them. */
export function firstLine(element: Element, file: RegularFile): Location {
  return {
    get source() {
      return textOf(element, file);
    },
    start: 0,
    get end() {
      const { text } = textOf(element, file);
      const newline = text.search(/\r?\n/);
      return newline === -1 ? text.length : newline;
    },
  };
}
