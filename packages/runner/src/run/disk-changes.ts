import { createHash } from "node:crypto";
import { existsSync, lstatSync, readdirSync, readFileSync, type Stats } from "node:fs";
import { join } from "node:path";
import { type CommandRunner, fileHash } from "@dibkit/exec";
import { decodePath, fsPath } from "@dibkit/model";
import type { DiskOverlays } from "../disk/disk-overlays.js";
import { pathInside } from "../host/inside-root.js";
import { TREE_DIRECTORY } from "../job/build-directories.js";
import type { StepLabel } from "../job/build-event.js";
import type { DiskChange } from "../job/disk-change.js";
import type { LayerStore } from "../layers/layer-store.js";
import { partOf } from "./disk-trees.js";

/** A step that worked on the mounted disk, and when it began: milliseconds since 1970. */
export interface DiskStep {
  readonly label: StepLabel;
  readonly began: number;
}

/** dibkit's own step, which writes the fstab into every image. */
const CREATE: StepLabel = { phase: "disk", script: "create" };

/** So much of what scripts write on the disk is kept whole; a deployment of ostree is tens of thousands of files. */
const MOST_KEPT = { files: 1000, bytes: 64 << 10 };
/** One file that says which packages are installed: boot loaders are installed on the disk. Of RPM's databases none is so small. */
const PACKAGE_DATABASE = { path: /^\/(var\/lib\/dpkg\/status|lib\/apk\/db\/installed)$/, bytes: 4 << 20 };

interface Found {
  readonly path: string;
  readonly type: DiskChange["type"];
  readonly bytes: number;
  readonly modified: string;
  readonly changedMs: number;
  readonly mode: number;
  readonly owner: string;
  readonly target: string;
  /** Device and inode, by which further names of a file are known. */
  readonly inode: string;
}

/** What was read on the way: how many files were kept whole, and contents by inode. */
interface ReadFiles {
  kept: number;
  readonly known: Map<string, Pick<DiskChange, "hash" | "data">>;
}

/**
 * What the steps on the disk have changed, by the times at which the kernel notes changes: one walk over the disk after
 * the last step tells it for all, so the scripts themselves are not slowed down. A path that several have changed is
 * credited to the last. `tree` is the directory with what was copied to the disk. Undefined when the disk cannot be
 * read.
 */
export async function diskChanges(
  disk: string,
  tree: string,
  steps: readonly DiskStep[],
  commands: CommandRunner,
): Promise<readonly DiskChange[] | undefined> {
  const fstab = await fstabChange(disk);
  const [first] = steps;
  if (first === undefined) return fstab;
  const found = await changedSince(disk, first.began, commands);
  if (found === undefined) return undefined;
  // The kernel's clock for files is a few milliseconds late; a step takes longer than that to begin.
  const writerOf = ({ changedMs }: Found) => (steps.findLast(({ began }) => began <= changedMs) ?? first).label;
  const writers = new Map(found.map((one) => [one.path, writerOf(one)]));
  return changesOf(disk, tree, found, writers, fstab);
}

/** The same of a disk in files, told by `layers` of steps, newest first: what is in a layer its step has changed. */
export async function layerChanges(
  { store, commands }: { readonly store: LayerStore; readonly commands: CommandRunner },
  { filesystems }: DiskOverlays,
  layers: readonly string[],
): Promise<readonly DiskChange[] | undefined> {
  const disk = filesystems[0]?.at ?? "";
  const writers = new Map<string, StepLabel>();
  const found: Found[] = [];
  for (const name of layers) {
    const label = (await store.named(name))?.label;
    if (label === undefined) return undefined;
    for (const [index, { at }] of filesystems.entries()) {
      const part = partOf(store.treeDirectory(name, "root"), index);
      if (!existsSync(part)) continue;
      const own = await changedSince(part, 0, commands);
      if (own === undefined) return undefined;
      for (const one of own) {
        const path = `${at.slice(disk.length)}${one.path}`;
        if (writers.has(path)) continue;
        writers.set(path, label);
        // What is a whiteout here is gone there, and told with the directory that it was in.
        if (statusOf(join(disk, path)) !== undefined) found.push({ ...one, path });
      }
    }
  }
  return changesOf(disk, TREE_DIRECTORY, found, writers, await fstabChange(disk));
}

async function changesOf(
  disk: string,
  tree: string,
  found: readonly Found[],
  writers: ReadonlyMap<string, StepLabel>,
  fstab: readonly DiskChange[],
): Promise<readonly DiskChange[]> {
  const read: ReadFiles = { kept: 0, known: new Map() };
  const changes: DiskChange[] = [];
  for (const one of found) {
    const writer = writers.get(one.path) ?? CREATE;
    const own = one.path === "" ? undefined : await changeOf(disk, tree, one, writer, read);
    if (own !== undefined) changes.push(own);
    if (one.type === "directory") changes.push(...removedFrom(disk, tree, one.path, writers));
  }
  const written = new Set(changes.map(({ path }) => path));
  return [...fstab.filter(({ path }) => !written.has(path)), ...changes];
}

async function fstabChange(disk: string): Promise<readonly DiskChange[]> {
  const path = await pathInside(disk, "etc/fstab");
  const status = statusOf(path);
  if (!status?.isFile()) return [];
  const data = readFileSync(path);
  const facts = { mode: status.mode & 0o7777, owner: `${status.uid}:${status.gid}`, bytes: data.length };
  const content = { content: true, hash: sha256(data), data: data.toString("base64") };
  return [{ path: path.slice(disk.length), type: "file", writer: CREATE, ...facts, ...content }];
}

const FIELDS = ["%P", "%y", "%s", "%T@", "%C@", "%m", "%U:%G", "%l", "%D:%i"];

async function changedSince(
  disk: string,
  began: number,
  commands: CommandRunner,
): Promise<readonly Found[] | undefined> {
  const format = FIELDS.map((field) => `${field}\\0`).join("");
  const words = ["find", disk, "-newerct", `@${began / 1000}`, "-printf", format];
  // Of a long output a command's result has the end only.
  const listed: Buffer[] = [];
  const done = await commands.run(words, { onBytes: (chunk) => listed.push(chunk) });
  if (!done.ok) return undefined;
  const fields = decodePath(Buffer.concat(listed)).split("\0");
  const found: Found[] = [];
  for (let at = 0; at + FIELDS.length <= fields.length; at += FIELDS.length) {
    const [path = "", type = "", bytes, modified = "", changed, ...rest] = fields.slice(at, at + FIELDS.length);
    const [mode = "", owner = "", target = "", inode = ""] = rest;
    found.push({
      ...{ path: path === "" ? "" : `/${path}`, type: TYPES[type] ?? "special", bytes: Number(bytes), modified },
      ...{ changedMs: Number(changed) * 1000, mode: Number.parseInt(mode, 8), owner, target, inode },
    });
  }
  return found;
}

const TYPES: Readonly<Record<string, DiskChange["type"]>> = { f: "file", d: "directory", l: "symlink" };

/** Undefined for a directory that was there and is as it was: only something in it is new. */
async function changeOf(
  disk: string,
  tree: string,
  found: Found,
  writer: StepLabel,
  read: ReadFiles,
): Promise<DiskChange | undefined> {
  const { path, type, bytes, modified, mode, owner, target } = found;
  const before = statusOf(join(tree, path));
  const kind = before && typeOf(before);
  const kept = before !== undefined && (before.mode & 0o7777) === mode && `${before.uid}:${before.gid}` === owner;
  if (type === "directory" && kind === type && kept) return undefined;
  const facts = { path, type, writer, mode, owner, bytes: type === "file" ? bytes : 0 };
  const link = type === "symlink" ? { target } : {};
  const same = kind === type && (type !== "file" || (before?.size === bytes && sameTime(before, modified)));
  if (same || type !== "file") return { ...facts, content: !same, ...link };
  return { ...facts, content: true, ...(await contentOf(join(disk, path), found, read)) };
}

/** A file may have many names: a deployment of ostree links what is in its repository. */
async function contentOf(file: string, { path, bytes, inode }: Found, read: ReadFiles) {
  const known = read.known.get(inode);
  if (known !== undefined) return known;
  const isDatabase = PACKAGE_DATABASE.path.test(path) && bytes <= PACKAGE_DATABASE.bytes;
  const keep = isDatabase || (bytes <= MOST_KEPT.bytes && read.kept < MOST_KEPT.files);
  const content = await readContent(file, keep);
  if (content.data !== undefined) read.kept += 1;
  read.known.set(inode, content);
  return content;
}

async function readContent(file: string, keep: boolean): Promise<Pick<DiskChange, "hash" | "data">> {
  if (keep) {
    const data = readFileSync(fsPath(file));
    return { hash: sha256(data), data: data.toString("base64") };
  }
  return { hash: await fileHash(file) };
}

function sha256(data: Buffer): string {
  return createHash("sha256").update(data).digest("hex");
}

/** Names that the tree has in a directory and the disk no longer has. */
function removedFrom(
  disk: string,
  tree: string,
  path: string,
  writers: ReadonlyMap<string, StepLabel>,
): readonly DiskChange[] {
  const writerOf = (gone: string) => writers.get(gone) ?? writers.get(path) ?? CREATE;
  const now = new Set(namesIn(join(disk, path)));
  return namesIn(join(tree, path))
    .filter((name) => !now.has(name))
    .map((name) => `${path}/${name}`)
    .map((gone) => ({
      ...{ path: gone, type: "removed", writer: writerOf(gone), content: true, mode: 0, owner: "0:0", bytes: 0 },
    }));
}

function namesIn(directory: string): readonly string[] {
  try {
    return readdirSync(fsPath(directory), { encoding: "buffer" }).map(decodePath);
  } catch {
    return [];
  }
}

function statusOf(path: string): Stats | undefined {
  return lstatSync(fsPath(path), { throwIfNoEntry: false });
}

function typeOf(status: Stats): DiskChange["type"] {
  if (status.isFile()) return "file";
  if (status.isDirectory()) return "directory";
  return status.isSymbolicLink() ? "symlink" : "special";
}

/** `find` gives ten digits of a second's fraction, Node milliseconds. */
function sameTime({ mtimeMs }: Stats, modified: string): boolean {
  return Math.abs(mtimeMs - Number(modified) * 1000) < 1;
}
