import { lstat } from "node:fs/promises";
import { join } from "node:path";
import type { CommandRunner } from "@dibkit/exec";
import type { BuildRecord, LayerStore, PastBuild, StepLabel } from "@dibkit/runner";
import { isWhiteout } from "@dibkit/runner";
import { layerContents } from "./layer-contents.js";
import { packageOwners } from "./packages/installed-packages.js";

/** One script's doing to a path of the image. */
export interface BlameEntry {
  readonly label: StepLabel;
  readonly change: "created" | "changed" | "removed";
}

/** Which scripts made, changed or removed a path of the image, in order. `path` begins with a slash. */
export async function blame(store: LayerStore, record: BuildRecord, path: string): Promise<readonly BlameEntry[]> {
  const entries: BlameEntry[] = [];
  let there = false;
  for (const { label, layer } of record.steps) {
    if (layer === undefined) continue;
    const change = await changeIn(store.treeDirectory(layer, "root"), path, there);
    if (change === undefined) continue;
    there = change !== "removed";
    entries.push({ label, change });
  }
  for (const { path: changed, type, writer: label } of (await store.records.diskChanges(record.id)) ?? []) {
    const gone = type === "removed" && there && path.startsWith(`${changed}/`);
    if (changed !== path && !gone) continue;
    const change = type === "removed" ? "removed" : there ? "changed" : "created";
    there = change !== "removed";
    entries.push({ label, change });
  }
  return entries;
}

async function changeIn(root: string, path: string, there: boolean): Promise<BlameEntry["change"] | undefined> {
  let at = root;
  for (const part of path.split("/").filter((part) => part !== "")) {
    at = join(at, part);
    const status = await lstat(at).catch(() => undefined);
    if (status === undefined) return undefined;
    // A whiteout of the path or of a directory above it.
    if (isWhiteout(status)) return there ? "removed" : undefined;
    if (status.isSymbolicLink()) break;
  }
  const status = await lstat(join(root, path)).catch(() => undefined);
  if (status === undefined) return undefined;
  // A directory is in a layer also when only something below it changed.
  if (status.isDirectory() && there) return undefined;
  return there ? "changed" : "created";
}

/** A package of an image. */
export interface OwningPackage {
  readonly name: string;
  /** The element whose package-installs asked for it; absent for what came along with another package. */
  readonly askedBy?: string;
}

/** The package that owns a path, according to the databases of the tree that the build made. */
export async function packageOwner(
  store: LayerStore,
  build: PastBuild,
  path: string,
  commands: CommandRunner,
): Promise<OwningPackage | undefined> {
  const contents = await layerContents(store, build, commands);
  if (!contents.ok) return undefined;
  const name = (await packageOwners(contents.value, commands)).get(path);
  if (name === undefined) return undefined;
  const askedBy = contents.value.askedFor?.[name];
  return { name, ...(askedBy === undefined ? {} : { askedBy }) };
}
