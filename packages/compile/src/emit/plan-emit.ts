import { lstatSync } from "node:fs";
import { join } from "node:path";
import { type Element, type ElementFile, loadElement } from "@dibkit/model";
import { fingerprint, type Manifest } from "./manifest.js";

/** One file to create, modify or remove; `before` is what is on disk, `after` what the definition says. */
export interface FileChange {
  readonly kind: "create" | "modify" | "remove";
  readonly element: string;
  readonly path: string;
  readonly before: ElementFile | undefined;
  readonly after: ElementFile | undefined;
  /** The file on disk is not dibkit's: it was never written by it, or changed since. */
  readonly foreign: "unknown" | "edited" | undefined;
}

/** Everything that differs between the output directory and the definitions. */
export interface EmitPlan {
  readonly outDir: string;
  /** What each element is to be. */
  readonly elements: ReadonlyMap<string, Element>;
  readonly changes: readonly FileChange[];
  /** What is on disk now, of every element that is defined or was. */
  readonly existing: ReadonlyMap<string, Element>;
  /** The manifest as it is to be afterwards. */
  readonly manifest: Manifest;
}

/** Compares definitions with an output directory. Reads only. */
export function planEmit(elements: readonly Element[], outDir: string, owned: Manifest): EmitPlan {
  const wanted = new Map(elements.map((element) => [element.name, element]));
  const existing = new Map<string, Element>();
  const changes: FileChange[] = [];
  for (const name of new Set([...wanted.keys(), ...owned.keys()])) {
    const onDisk = elementOnDisk(join(outDir, name));
    if (onDisk) existing.set(name, onDisk);
    const before = onDisk?.files ?? new Map<string, ElementFile>();
    const after = wanted.get(name)?.files ?? new Map<string, ElementFile>();
    const known = owned.get(name) ?? new Map<string, string>();
    for (const [path, file] of after) {
      const now = before.get(path);
      if (now && fingerprint(now) === fingerprint(file)) continue;
      changes.push({
        kind: now ? "modify" : "create",
        element: name,
        path,
        before: now,
        after: file,
        foreign: foreign(now, known.get(path)),
      });
    }
    for (const path of known.keys()) {
      const now = before.get(path);
      if (!now || after.has(path)) continue;
      changes.push({
        kind: "remove",
        element: name,
        path,
        before: now,
        after: undefined,
        foreign: foreign(now, known.get(path)),
      });
    }
  }
  const manifest = new Map(
    elements.map((element) => [
      element.name,
      new Map([...element.files.values()].map((file) => [file.path, fingerprint(file)])),
    ]),
  );
  changes.sort((a, b) => compare(a.element, b.element) || compare(a.path, b.path));
  return { outDir, elements: wanted, changes, existing, manifest };
}

function foreign(now: ElementFile | undefined, known: string | undefined): FileChange["foreign"] {
  if (!now || now.kind === "directory") return undefined;
  if (known === undefined) return "unknown";
  return known === fingerprint(now) ? undefined : "edited";
}

function elementOnDisk(directory: string): Element | undefined {
  if (!lstatSync(directory, { throwIfNoEntry: false })?.isDirectory()) return undefined;
  const loaded = loadElement(directory);
  return loaded.ok ? loaded.value : undefined;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
