import { lstat, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { BuildRecord, LayerStore, StepLabel } from "@dibkit/runner";
import { isWhiteout } from "@dibkit/runner";

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

/** The Debian package that owns a path, according to the newest dpkg database of the build's layers. */
export async function debianOwner(store: LayerStore, record: BuildRecord, path: string): Promise<string | undefined> {
  // With merged /usr a package may list the file under its old place.
  const spellings = [path, path.replace(/^\/usr(?=\/(bin|sbin|lib))/, "")];
  for (const { layer } of record.steps.toReversed()) {
    if (layer === undefined) continue;
    const directory = join(store.treeDirectory(layer, "root"), "var/lib/dpkg/info");
    for (const name of await readdir(directory).catch(() => [])) {
      if (!name.endsWith(".list")) continue;
      const list = await readFile(join(directory, name), "utf8").catch(() => "");
      if (list.split("\n").some((line) => spellings.includes(line))) return name.slice(0, -".list".length);
    }
  }
  return undefined;
}
