import {
  chmodSync,
  closeSync,
  existsSync,
  fchmodSync,
  fchownSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { applyReplacements, type FileEdit, fsPath } from "@dibkit/model";
import type { FixPlan } from "./plan-fixes.js";

export interface WrittenFixes {
  /** Absolute paths that changed, sorted. */
  readonly changed: readonly string[];
  /** What could not be done, one sentence each. */
  readonly problems: readonly string[];
}

type Replacement = Extract<FileEdit, { kind: "replace" }>;

/**
 * Applies a plan to the files on disk. A file is replaced as a whole by a rename, so it is never half written; one that
 * changed since it was read, or is no UTF-8, is left alone.
 */
export function writeFixes(plan: FixPlan, textAt: (path: string) => string | undefined): WrittenFixes {
  const changed = new Set<string>();
  const problems: string[] = [];
  const edits = plan.fixes.flatMap((fix) => fix.edits);
  const attempt = (path: string, work: () => void) => {
    try {
      work();
      changed.add(path);
    } catch (error) {
      problems.push(`"${path}" was not repaired: ${(error as Error).message}`);
    }
  };
  const replacements = new Map<string, Replacement[]>();
  for (const edit of edits) {
    if (edit.kind !== "replace") continue;
    const known = replacements.get(edit.path);
    if (known) known.push(edit);
    else replacements.set(edit.path, [edit]);
  }
  for (const [path, list] of replacements) attempt(path, () => rewrite(path, list, textAt(path)));
  for (const edit of edits) {
    if (edit.kind === "chmod") attempt(edit.path, () => setExecutable(edit.path, edit.executable));
  }
  for (const edit of edits) {
    if (edit.kind === "rename") attempt(edit.path, () => renameFile(edit.path, edit.to));
    if (edit.kind === "remove") attempt(edit.path, () => rmSync(fsPath(edit.path)));
  }
  return { changed: [...changed].sort(), problems };
}

function rewrite(path: string, edits: readonly Replacement[], expected: string | undefined): void {
  const file = fsPath(path);
  const bytes = readFileSync(file);
  const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
  if (!Buffer.from(text).equals(bytes)) throw new Error("it is not UTF-8");
  if (expected !== undefined && expected !== text) throw new Error("it changed in the meantime");
  const temporary = fsPath(`${path}.${process.pid}.dibkit`);
  const { mode, uid, gid } = statSync(file);
  try {
    // What the rename puts in place is on the disk already, with the owner that the file had.
    const handle = openSync(temporary, "wx", mode & 0o7777);
    try {
      writeFileSync(handle, applyReplacements(text, edits));
      if (process.getuid?.() === 0) fchownSync(handle, uid, gid);
      fchmodSync(handle, mode & 0o7777);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    renameSync(temporary, file);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/** `chmod +x`: who may read may execute, as `umask` would have it; `chmod -x` for all. */
function setExecutable(path: string, executable: boolean): void {
  const mode = statSync(fsPath(path)).mode & 0o7777;
  chmodSync(fsPath(path), executable ? mode | ((mode & 0o444) >> 2) : mode & ~0o111);
}

function renameFile(path: string, to: string): void {
  if (existsSync(fsPath(to))) throw new Error(`"${to}" exists already`);
  renameSync(fsPath(path), fsPath(to));
}
