import {
  chmodSync,
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { type ElementFile, encodePath, fsPath } from "@dibkit/model";
import { writeManifest } from "./manifest.js";
import type { EmitPlan, FileChange } from "./plan-emit.js";

const STAGED = ".dibkit-new-";
const REPLACED = ".dibkit-old-";

/**
 * Carries a plan out. Each element is put together beside its place and renamed into it, so that at no moment an
 * element is half written; files that are not dibkit's are carried over, files that did not change are not written.
 */
export function applyEmit(plan: EmitPlan, signal?: AbortSignal): void {
  mkdirSync(plan.outDir, { recursive: true });
  recover(plan.outDir);
  for (const [name, changes] of byElement(plan.changes)) {
    signal?.throwIfAborted();
    replaceElement(plan, name, changes);
  }
  for (const name of plan.elements.keys()) if (!existsSync(join(plan.outDir, name))) mkdirSync(join(plan.outDir, name));
  writeManifest(plan.outDir, plan.manifest);
}

function byElement(changes: readonly FileChange[]): ReadonlyMap<string, readonly FileChange[]> {
  const groups = new Map<string, FileChange[]>();
  for (const change of changes) {
    const group = groups.get(change.element);
    if (group) group.push(change);
    else groups.set(change.element, [change]);
  }
  return groups;
}

/** Puts back an element that an interrupted run had moved away, and removes what it had staged. */
export function recover(outDir: string): void {
  for (const entry of existsSync(outDir) ? readdirSync(outDir) : []) {
    const path = join(outDir, entry);
    if (entry.startsWith(STAGED)) rmSync(path, { recursive: true, force: true });
    if (!entry.startsWith(REPLACED)) continue;
    const destination = join(outDir, entry.slice(REPLACED.length));
    if (existsSync(destination)) rmSync(path, { recursive: true, force: true });
    else renameSync(path, destination);
  }
}

function replaceElement(plan: EmitPlan, name: string, changes: readonly FileChange[]): void {
  const destination = join(plan.outDir, name);
  const staged = join(plan.outDir, STAGED + name);
  const replaced = join(plan.outDir, REPLACED + name);
  const old = plan.existing.get(name);
  const changed = new Set(changes.map((change) => change.path));
  const target: Target = { root: staged, made: new Set() };
  mkdirSync(staged);
  try {
    for (const file of old?.files.values() ?? []) if (!changed.has(file.path)) carryOver(file, destination, target);
    for (const change of changes) if (change.after) writeEntry(change.after, target);
  } catch (error) {
    rmSync(staged, { recursive: true, force: true });
    throw error;
  }
  if (old) renameSync(destination, replaced);
  renameSync(staged, destination);
  if (old) rmSync(replaced, { recursive: true, force: true });
  if (!plan.elements.has(name)) removeWhenEmpty(destination);
}

function removeWhenEmpty(directory: string): void {
  try {
    rmdirSync(directory);
  } catch {
    // Somebody else's files are in it.
  }
}

/** A directory that is being filled, and which of its directories are there already. */
interface Target {
  readonly root: string;
  readonly made: Set<string>;
}

/** The same file in the new directory: a hard link where the filesystem has them, so even its times stay. */
function carryOver(file: ElementFile, from: string, to: Target): void {
  if (file.kind !== "file") {
    writeEntry(file, to);
    return;
  }
  const source = fsPath(join(from, file.path));
  const target = pathIn(to, file.path);
  try {
    linkSync(source, target);
  } catch {
    copyFileSync(source, target);
  }
}

function writeEntry(file: ElementFile, to: Target): void {
  const path = pathIn(to, file.path);
  if (file.kind === "directory") mkdirSync(path, { recursive: true });
  else if (file.kind === "symlink") symlinkSync(encodePath(file.target), path);
  else {
    writeFileSync(path, file.bytes);
    chmodSync(path, file.mode & 0o777);
  }
}

/** The path of a file there; its directory is made. */
function pathIn(to: Target, path: string): string | Buffer {
  const directory = dirname(path);
  if (directory !== "." && !to.made.has(directory)) {
    mkdirSync(fsPath(join(to.root, directory)), { recursive: true });
    to.made.add(directory);
  }
  return fsPath(join(to.root, path));
}
