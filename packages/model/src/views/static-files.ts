import { type Element, type ElementFile, isExecutable, regularFileAt } from "../element.js";
import type { View } from "./view.js";

/** An entry under `static/`. */
export interface StaticFile {
  readonly path: string;
  /** Absolute path in the image. */
  readonly target: string;
  readonly entry: ElementFile;
}

/** An entry under `bin/`. */
export interface BinFile {
  readonly path: string;
  readonly name: string;
  readonly executable: boolean;
  readonly entry: ElementFile;
}

/** Files, links and empty directories under `static/`. */
export function parseStaticFiles(element: Element): View<readonly StaticFile[]> {
  const value = entriesUnder(element, "static").map((entry) => ({
    path: entry.path,
    target: entry.path.slice("static".length),
    entry,
  }));
  return { value, diagnostics: [] };
}

/** Entries directly in `bin/`. */
export function parseBinFiles(element: Element): View<readonly BinFile[]> {
  const value = entriesUnder(element, "bin")
    .map((entry) => ({ entry, name: entry.path.slice("bin/".length), file: regularFileAt(element, entry.path) }))
    .filter(({ name }) => name !== "" && !name.includes("/"))
    .map(({ entry, name, file }) => ({
      path: entry.path,
      name,
      entry,
      executable: file !== undefined && isExecutable(file),
    }));
  return { value, diagnostics: [] };
}

/** What lies at or under a directory; the directory itself only when it is empty. */
function entriesUnder(element: Element, directory: string): readonly ElementFile[] {
  return [...element.files.values()].filter(
    (entry) => entry.path === directory || entry.path.startsWith(`${directory}/`),
  );
}
