import {
  closeSync,
  type Dirent,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
} from "node:fs";
import { basename, join, resolve } from "node:path";
import type { Diagnostic } from "./diagnostic.js";
import type { Element, ElementFile, RegularFile } from "./element.js";
import { setEntryLookup, setOutsideLookup } from "./element-lookup.js";
import { KERNEL_FILES, outsideFile } from "./outside-file.js";
import { decodePath, fsPath } from "./path-bytes.js";
import { realPath } from "./real-path.js";
import { err, ok, type Result } from "./result.js";

/** The directory cannot be loaded: it does not exist, is no directory, or cannot be entered. */
export interface LoadFailure {
  readonly kind: "not-a-directory";
  readonly path: string;
  readonly diagnostic: Diagnostic;
}

const troubleByElement = new WeakMap<Element, readonly Diagnostic[]>();

/**
 * The element in a directory; its name is that of the real directory, as upstream takes it. Nothing is read before
 * `files` is first used, and the bytes of a file not before its `bytes` are.
 */
export function loadElement(directory: string): Result<Element, LoadFailure> {
  const root = realPath(resolve(directory));
  if (root !== undefined && statSync(fsPath(root)).isDirectory()) return ok(elementAt(root));
  const message = `"${directory}" is not a directory`;
  const help = "give the directory of an element, the one that holds its README.rst and its phase directories";
  const diagnostic: Diagnostic = { code: "load/not-a-directory", severity: "error", message, help };
  return err({ kind: "not-a-directory", path: directory, diagnostic });
}

/** What went wrong while the files of a loaded element were listed: special and unreadable files. */
export function loadDiagnostics(element: Element): readonly Diagnostic[] {
  void element.files;
  return troubleByElement.get(element) ?? [];
}

/** The element at a real path that is known to be a directory. */
export function elementAt(root: string): Element {
  let files: ReadonlyMap<string, ElementFile> | undefined;
  const early = new Map<string, RegularFile>();
  const element: Element = {
    name: basename(root),
    root,
    origin: "disk",
    get files() {
      if (files === undefined) {
        const trouble: Diagnostic[] = [];
        files = readTree(root, element.name, early, trouble);
        troubleByElement.set(element, trouble);
      }
      return files;
    },
  };
  setEntryLookup(element, (path) => {
    if (files !== undefined || early.has(path)) return files?.get(path) ?? early.get(path);
    const absolute = join(root, path);
    const kind = plainOrMissing(absolute);
    if (kind === "other") return element.files.get(path);
    if (kind === "plain") early.set(path, regularFile(absolute, path));
    return early.get(path);
  });
  return element;
}

/** Whatever is neither a readable file nor missing is told by listing, with what there is to say of it. */
function plainOrMissing(absolute: string): "plain" | "missing" | "other" {
  try {
    const stats = lstatSync(fsPath(absolute), { throwIfNoEntry: false });
    if (stats === undefined) return "missing";
    return stats.isFile() && isReadable(absolute) ? "plain" : "other";
  } catch {
    return "other";
  }
}

function readTree(
  root: string,
  element: string,
  early: ReadonlyMap<string, RegularFile>,
  trouble: Diagnostic[],
): ReadonlyMap<string, ElementFile> {
  const entries: ElementFile[] = [];
  const report = (code: string, message: string, help: string) =>
    trouble.push({ code: `load/${code}`, severity: "error", message, help, element });
  const visit = (directory: string, prefix: string) => {
    let children: readonly Child[];
    try {
      children = childrenOf(directory);
    } catch (error) {
      report("unreadable", `directory "${directory}" cannot be read: ${reason(error)}`, "make it readable");
      return;
    }
    if (children.length === 0 && prefix !== "") entries.push(emptyDirectory(directory, prefix.slice(0, -1)));
    for (const child of children) {
      const path = prefix + child.name;
      const absolute = join(directory, child.name);
      if (child.entry.isDirectory() || (directory === root && isDirectoryLink(root, child)))
        visit(absolute, `${path}/`);
      else if (child.entry.isSymbolicLink()) visitLink(absolute, path);
      else if (!child.entry.isFile()) {
        const message = `"${element}/${path}" is ${kindOf(child.entry)}, which an element cannot hold`;
        report("special-file", message, "remove it, or replace it by a regular file, a directory or a symbolic link");
      } else if (isReadable(absolute)) entries.push(early.get(path) ?? regularFile(absolute, path));
      else report("unreadable", `"${element}/${path}" cannot be read: permission denied`, "make it readable");
    }
  };
  const visitLink = (absolute: string, path: string) => {
    try {
      entries.push(symbolicLink(absolute, path));
    } catch (error) {
      report("unreadable", `"${element}/${path}" cannot be read: ${reason(error)}`, "remove it");
    }
  };
  visit(root, "");
  entries.sort((a, b) => (a.path < b.path ? -1 : 1));
  return new Map(entries.map((entry) => [entry.path, entry]));
}

/** `/`, `/usr`, `/home` and their like, which no element means and which hold more than can be read in a moment. */
const OF_THE_HOST = /^\/[^/]*$/;

/**
 * Upstream copies hooks from what `find -follow -type d` names at the top of an element, so `post-install.d` may be a
 * link to scripts that several elements share. find leaves out a link to a directory that it stands in.
 */
function isDirectoryLink(root: string, { name, entry }: Child): boolean {
  const real = entry.isSymbolicLink() ? realPath(join(root, name)) : undefined;
  if (real === undefined || KERNEL_FILES.test(`${real}/`) || OF_THE_HOST.test(real)) return false;
  if (`${realPath(root) ?? root}/`.startsWith(`${real}/`)) return false;
  return statSync(fsPath(real)).isDirectory();
}

interface Child {
  readonly name: string;
  readonly entry: Pick<Dirent, "isDirectory" | "isSymbolicLink" | "isFile" | "isFIFO" | "isSocket">;
}

/** Names are read as UTF-8, and once more as bytes only when that lost something. */
function childrenOf(directory: string): readonly Child[] {
  const entries = readdirSync(fsPath(directory), { withFileTypes: true });
  if (!entries.some((entry) => entry.name.includes("\uFFFD"))) {
    return entries.map((entry) => ({ name: entry.name, entry }));
  }
  const raw = readdirSync(fsPath(directory), { withFileTypes: true, encoding: "buffer" });
  return raw.map((entry) => ({ name: decodePath(entry.name), entry }));
}

function regularFile(absolute: string, path: string): RegularFile {
  let bytes: Uint8Array | undefined;
  const { mode, size } = lstatSync(fsPath(absolute));
  return {
    kind: "file",
    path,
    origin: { kind: "disk", path: absolute },
    mode: mode & 0o7777,
    size,
    get bytes() {
      bytes ??= readFileSync(fsPath(absolute));
      return bytes;
    },
  };
}

function symbolicLink(absolute: string, path: string): ElementFile {
  const target = decodePath(readlinkSync(fsPath(absolute), { encoding: "buffer" }));
  const link: ElementFile = { kind: "symlink", path, origin: { kind: "disk", path: absolute }, target };
  setOutsideLookup(link, outsideFile);
  return link;
}

function emptyDirectory(absolute: string, path: string): ElementFile {
  const mode = lstatSync(fsPath(absolute)).mode & 0o7777;
  return { kind: "directory", path, origin: { kind: "disk", path: absolute }, mode };
}

/** Root reads everything, so only others need to try; access(2) would ask for the real user, not the effective one. */
function isReadable(absolute: string): boolean {
  if (process.geteuid?.() === 0) return true;
  try {
    closeSync(openSync(fsPath(absolute), "r"));
    return true;
  } catch {
    return false;
  }
}

function kindOf(entry: Child["entry"]): string {
  return entry.isFIFO() ? "a named pipe" : entry.isSocket() ? "a socket" : "a device";
}

function reason(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code;
  return code === "EACCES" || code === "EPERM" ? "permission denied" : String(code ?? error);
}
