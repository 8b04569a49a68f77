import { type Dirent, opendirSync, readdirSync, statSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { type Catalog, createCatalog } from "./catalog.js";
import type { Diagnostic } from "./diagnostic.js";
import type { Element } from "./element.js";
import { elementAt, loadDiagnostics } from "./load-element.js";
import { decodePath, fsPath } from "./path-bytes.js";
import { realPath } from "./real-path.js";

/**
 * All elements in the directories of an ELEMENTS_PATH. As upstream does, every sub-directory is an element and its
 * name is that of the real directory, so a link called `web` to `apache` offers `apache` only. Unlike upstream,
 * `__pycache__` and hidden directories are left out.
 *
 * Elements list their files when these are first asked for; reading `diagnostics` lists the files of all of them.
 */
export function loadCatalog(paths: readonly string[]): Catalog {
  const trouble: Diagnostic[] = [];
  const links = new Map<string, string>();
  const groups = paths.map((path) => ({ path, elements: elementsIn(path, trouble, links) }));
  const { elements, shadowed } = createCatalog(groups);
  let diagnostics: readonly Diagnostic[] | undefined;
  return {
    elements,
    shadowed,
    paths,
    links,
    get diagnostics() {
      const all = [...elements.values(), ...shadowed.map((entry) => entry.element)];
      diagnostics ??= [...trouble, ...all.flatMap(loadDiagnostics)];
      return diagnostics;
    },
  };
}

/** Entries of an ELEMENTS_PATH that are no readable directories; cheap, as no element is looked at. */
export function checkElementsPath(paths: readonly string[]): readonly Diagnostic[] {
  return paths.flatMap((path) => {
    try {
      opendirSync(fsPath(resolve(path))).closeSync();
      return [];
    } catch (error) {
      return [unusablePath(path, (error as NodeJS.ErrnoException).code)];
    }
  });
}

function elementsIn(path: string, trouble: Diagnostic[], links: Map<string, string>): readonly Element[] {
  const directory = realPath(resolve(path));
  let entries: readonly Dirent<Buffer>[];
  try {
    entries = readdirSync(fsPath(directory ?? path), { withFileTypes: true, encoding: "buffer" });
  } catch (error) {
    trouble.push(unusablePath(path, (error as NodeJS.ErrnoException).code));
    return [];
  }
  const byRoot = new Map<string, Element>();
  const add = (root: string | undefined) => {
    if (root === undefined || byRoot.has(root) || isIgnored(basename(root))) return;
    byRoot.set(root, elementAt(root));
  };
  const names = (wanted: (entry: Dirent<Buffer>) => boolean) =>
    entries
      .filter(wanted)
      .map((entry) => join(directory as string, decodePath(entry.name)))
      .sort();
  // Directories before links, so that of two with one name the same one wins each time.
  for (const found of names((entry) => entry.isDirectory())) add(found);
  for (const found of names((entry) => entry.isSymbolicLink())) {
    const root = realPath(found);
    if (root === undefined || !statSync(fsPath(root)).isDirectory()) continue;
    add(root);
    if (basename(found) !== basename(root) && !links.has(basename(found))) links.set(basename(found), basename(root));
  }
  return [...byRoot.values()];
}

function isIgnored(name: string): boolean {
  return name === "__pycache__" || name.startsWith(".");
}

function unusablePath(path: string, code: string | undefined): Diagnostic {
  const why =
    code === "ENOENT"
      ? "does not exist"
      : code === "EACCES"
        ? "cannot be read: permission denied"
        : "is not a directory";
  return {
    code: "elements-path/not-a-directory",
    severity: "error",
    message: `entry "${path}" of ELEMENTS_PATH ${why}`,
    help: "give directories whose sub-directories are elements, separated by colons",
  };
}
