import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmdirSync,
  rmSync,
  type Stats,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { Element, ElementFile } from "./element.js";
import { decodePath, fsPath } from "./path-bytes.js";
import { err, ok, type Result } from "./result.js";

/** Why an element was not, or not wholly, written. */
export interface WriteFailure {
  /** `outside`: a path that leaves the directory; `in-the-way`: another kind of entry; else what the system said. */
  readonly kind: "outside" | "in-the-way" | "no-permission" | "no-space" | "system";
  /** Path inside the element. */
  readonly path: string;
  readonly message: string;
  readonly help: string;
}

export interface WriteReport {
  /** Paths inside the element that were written or whose mode was set. */
  readonly changed: readonly string[];
  readonly unchanged: readonly string[];
}

let temporaryCount = 0;

/**
 * Writes an element into a directory, which is made when missing: same bytes, modes, links and empty directories.
 * A file is written under a temporary name and renamed, and only when it differs. What else lies in the directory
 * stays. Stops at the first failure; what was written before it is whole.
 */
export function writeElement(element: Element, directory: string): Result<WriteReport, WriteFailure> {
  const root = resolve(directory);
  const changed: string[] = [];
  const unchanged: string[] = [];
  for (const entry of element.files.values()) {
    if (leavesDirectory(entry.path)) return err(outside(entry.path));
    try {
      const blocker = makeParents(root, entry.path);
      if (blocker !== undefined) return err(inTheWay(entry, blocker));
      const done = writeEntry(entry, join(root, entry.path));
      if (done === "in-the-way") return err(inTheWay(entry, entry.path));
      (done === "changed" ? changed : unchanged).push(entry.path);
    } catch (error) {
      return err(systemFailure(entry.path, root, error as NodeJS.ErrnoException));
    }
  }
  return ok({ changed, unchanged });
}

function leavesDirectory(path: string): boolean {
  const parts = path.split("/");
  return parts.some((part) => part === "" || part === "." || part === "..") || path.includes("\0");
}

/** Makes the directories above an entry; gives the one that is something else, a link to a directory included. */
function makeParents(root: string, path: string): string | undefined {
  mkdirSync(fsPath(root), { recursive: true });
  const parts = path.split("/").slice(0, -1);
  for (let length = 1; length <= parts.length; length += 1) {
    const parent = parts.slice(0, length).join("/");
    const stats = statsOf(join(root, parent));
    if (stats === undefined) mkdirSync(fsPath(join(root, parent)));
    else if (!stats.isDirectory()) return parent;
  }
  return undefined;
}

function writeEntry(entry: ElementFile, path: string): "changed" | "unchanged" | "in-the-way" {
  const stats = statsOf(path);
  if (entry.kind === "directory") return writeDirectory(entry.mode, path, stats);
  if (stats?.isDirectory()) {
    if (readdirSync(fsPath(path)).length > 0) return "in-the-way";
    rmdirSync(fsPath(path));
  }
  if (entry.kind === "symlink") {
    if (stats?.isSymbolicLink() && linkTarget(path) === entry.target) return "unchanged";
    replace(path, (temporary) => symlinkSync(fsPath(entry.target), fsPath(temporary)));
    return "changed";
  }
  const sameBytes = stats?.isFile() === true && stats.size === entry.bytes.length && hasBytes(path, entry.bytes);
  if (sameBytes && (stats.mode & 0o7777) === entry.mode) return "unchanged";
  if (sameBytes) chmodSync(fsPath(path), entry.mode);
  else {
    replace(path, (temporary) => {
      writeFileSync(fsPath(temporary), entry.bytes, { flag: "wx" });
      chmodSync(fsPath(temporary), entry.mode);
    });
  }
  return "changed";
}

function writeDirectory(mode: number, path: string, stats: Stats | undefined): "changed" | "unchanged" | "in-the-way" {
  if (stats !== undefined && !stats.isDirectory()) return "in-the-way";
  if (stats !== undefined && (stats.mode & 0o7777) === mode) return "unchanged";
  if (stats === undefined) mkdirSync(fsPath(path));
  chmodSync(fsPath(path), mode);
  return "changed";
}

/** Makes something under a temporary name beside its place and moves it there in one step. */
function replace(path: string, make: (temporary: string) => void): void {
  temporaryCount += 1;
  const temporary = join(dirname(path), `.dibkit-${process.pid}-${temporaryCount}`);
  try {
    make(temporary);
    renameSync(fsPath(temporary), fsPath(path));
  } catch (error) {
    rmSync(fsPath(temporary), { force: true });
    throw error;
  }
}

function statsOf(path: string): Stats | undefined {
  return lstatSync(fsPath(path), { throwIfNoEntry: false });
}

function linkTarget(path: string): string {
  return decodePath(readlinkSync(fsPath(path), { encoding: "buffer" }));
}

function hasBytes(path: string, bytes: Uint8Array): boolean {
  return readFileSync(fsPath(path)).equals(bytes);
}

function outside(path: string): WriteFailure {
  const message = `"${path}" is not a path inside an element`;
  return { kind: "outside", path, message, help: 'use a relative path without ".", ".." and empty parts' };
}

function inTheWay(entry: ElementFile, blocker: string): WriteFailure {
  const message = `${entry.kind} "${entry.path}" cannot be written: "${blocker}" is another kind of entry`;
  return { kind: "in-the-way", path: entry.path, message, help: `move "${blocker}" away` };
}

function systemFailure(path: string, root: string, error: NodeJS.ErrnoException): WriteFailure {
  const failure = (kind: WriteFailure["kind"], why: string, help: string): WriteFailure => {
    return { kind, path, message: `"${path}" cannot be written to "${root}": ${why}`, help };
  };
  switch (error.code) {
    case "EACCES":
    case "EPERM":
    case "EROFS":
      return failure("no-permission", "permission denied", "choose a directory you may write to");
    case "ENOSPC":
    case "EDQUOT":
      return failure("no-space", "no space left", "free some space, or choose another directory");
    case "ENOTDIR":
    case "EEXIST":
      return failure("in-the-way", "a file is where a directory must be", "choose another directory");
    default:
      if (error.code === undefined) throw error;
      return failure("system", error.code, "see the system's error code");
  }
}
