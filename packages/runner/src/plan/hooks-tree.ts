import { posix } from "node:path";
import { type Diagnostic, declaredInputs, type Element, type ElementFile } from "@dibkit/model";
import { hashText } from "../job/hash-text.js";
import type { HooksBase } from "../layers/settle-hooks.js";

/** One entry of the merged hooks directory (`TMP_HOOKS_PATH`), and the element it comes from. */
export interface HookEntry {
  /** Path in the hooks directory, such as `install.d/50-nginx`. */
  readonly path: string;
  readonly element: Element;
  readonly file: ElementFile;
}

export interface HooksTree {
  /** By path. */
  readonly entries: ReadonlyMap<string, HookEntry>;
  /** Two elements giving the same file; upstream aborts here after resolution, naming neither. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Directories of an element that never reach the hooks directory. */
const LEFT_OUT = new Set(["tests", "__pycache__"]);

/**
 * Merges the elements' sub-directories and top-level files into one tree, as upstream's `generate_hooks` does:
 * hidden names of the second level are left out, but not the directories that hold them, the same file from two elements
 * is an error, and of top-level files the last element's wins.
 */
export function mergeHooks(elements: readonly Element[]): HooksTree {
  const entries = new Map<string, HookEntry>();
  const directories = new Map<string, HookEntry>();
  const diagnostics: Diagnostic[] = [];
  for (const element of elements) {
    for (const file of element.files.values()) {
      const [top, second, ...deeper] = file.path.split("/");
      if (top === undefined || LEFT_OUT.has(top)) continue;
      if (second === undefined) {
        if (file.kind === "directory") directories.set(top, { path: top, element, file });
        else if (!top.endsWith(".pyc")) entries.set(top, { path: top, element, file });
        continue;
      }
      if (second.startsWith(".")) {
        directories.set(top, { path: top, element, file: directoryAbove(file, top) });
        continue;
      }
      const known = entries.get(file.path);
      if (known === undefined) entries.set(file.path, { path: file.path, element, file });
      else if (deeper.length === 0) diagnostics.push(duplicateHook(known, element, file));
    }
  }
  const filled = new Set([...entries.keys()].map((path) => path.split("/")[0]));
  for (const [top, entry] of directories) if (!filled.has(top)) entries.set(top, entry);
  return { entries, diagnostics: [...diagnostics, ...blockedDirectories(entries)] };
}

/** What is a directory in one element and something else in another cannot be in one tree. */
function blockedDirectories(entries: HooksTree["entries"]): readonly Diagnostic[] {
  const found = new Map<string, Diagnostic>();
  for (const { path, element } of entries.values()) {
    for (let above = posix.dirname(path); above !== "."; above = posix.dirname(above)) {
      const other = entries.get(above);
      if (other === undefined || other.file.kind === "directory" || found.has(above)) continue;
      const kind = other.file.kind === "symlink" ? "a symbolic link" : "a file";
      const message = `"${above}" is ${kind} of element "${other.element.name}" and a directory of element "${element.name}"`;
      found.set(above, duplicate(message, element));
    }
  }
  return [...found.values()];
}

/** The directory of a hidden file, which comes without it: scripts put files into one that has a `.gitkeep` only. */
function directoryAbove(file: ElementFile, top: string): ElementFile {
  return { kind: "directory", path: top, origin: file.origin, mode: 0o755 };
}

/** The merged tree as layers of the hooks directory stand on it. */
export function hooksBaseOf({ entries }: HooksTree): HooksBase {
  const paths = [...entries.keys()].sort();
  return {
    stateOf(path, deep) {
      const entry = entries.get(path);
      const below = paths.filter((other) => other.startsWith(`${path}/`));
      if (below.length > 0 || entry?.file.kind === "directory") {
        if (!deep) return "directory";
        return `directory ${hashText(JSON.stringify(below.map((other) => [other, stateOfFile(entries.get(other))])))}`;
      }
      return stateOfFile(entry);
    },
  };
}

function stateOfFile(entry: HookEntry | undefined): string {
  if (entry === undefined) return "absent";
  const { file } = entry;
  if (file.kind === "directory") return "directory";
  if (file.kind === "symlink") return `link ${file.target}`;
  return `file ${(file.mode & 0o7777).toString(8)} ${hashText(file.bytes)}`;
}

/** What authors declare their scripts to read, by path; on disk an element says nothing of it. */
export function declaredHookInputs(hooks: HooksTree): Readonly<Record<string, readonly string[]>> {
  const declared = [...hooks.entries.values()].map(
    ({ element, path }) => [path, declaredInputs(element, path)] as const,
  );
  return Object.fromEntries(declared.flatMap(([path, inputs]) => (inputs === undefined ? [] : [[path, inputs]])));
}

function duplicateHook(first: HookEntry, element: Element, file: ElementFile): Diagnostic {
  return duplicate(`elements "${first.element.name}" and "${element.name}" both have "${file.path}"`, element);
}

function duplicate(message: string, element: Element): Diagnostic {
  const help = "rename one of the two files, or leave one of the elements out";
  return { code: "duplicate-hook", severity: "error", message, help, element: element.name };
}
