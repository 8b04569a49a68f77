import { mkdir, stat, utimes } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { bashCommand } from "@dibkit/exec";
import { type MountNode, ok, type Result } from "@dibkit/model";
import { pathInside } from "../../host/inside-root.js";
import { renderTreeMount } from "../../host/tree-mount.js";
import { copyAttributes } from "../copy-tree.js";
import type { DiskFailure } from "../disk-failure.js";
import type { FilesState } from "./files-state.js";

/**
 * Shows what of the tree belongs on a filesystem where that is mounted: an overlay, so that what scripts change is
 * beside the tree. Its source is the name of the partition, because tools that ask which device holds a directory
 * (`grub-probe`, `findmnt`) take that from the mount table.
 */
export async function showTree(node: MountNode, state: FilesState): Promise<Result<void, DiskFailure>> {
  const { context } = state;
  const filesystem = state.filesystems.get(node.base);
  if (filesystem === undefined) throw new Error(`no filesystem "${node.base}" for mount "${node.name}"`);
  if (filesystem.type === "swap") return ok(undefined);
  const tree = await pathInside(context.treePath, node.mountPoint);
  const at = await pathInside(context.targetPath, node.mountPoint);
  const above = await stat(dirname(tree)).catch(() => undefined);
  await mkdir(tree, { recursive: true });
  if (at !== context.targetPath) {
    // The filesystem above has an empty directory there, as on any disk.
    const emptied = await state.run(node.name, ["sh", "-c", 'rm -rf "$1" && mkdir -p "$1"', "sh", at]);
    if (!emptied.ok) return emptied;
    if (above !== undefined) await utimes(dirname(at), above.atime, above.mtime);
  }
  const mounted = await mountOverlay(node.name, { tree, at, source: filesystem.device }, state);
  if (!mounted.ok) return mounted;
  state.mountPoints.set(filesystem.name, at);
  return ok(undefined);
}

interface Shown {
  readonly tree: string;
  readonly at: string;
  readonly source: string;
}

async function mountOverlay(node: string, shown: Shown, state: FilesState): Promise<Result<void, DiskFailure>> {
  const changes = join(state.context.imageDirectory, `${node}.changes`);
  state.context.undo.defer(`remove ${changes}`, async () => {
    await state.clean(node, ["rm", "-rf", changes]);
  });
  await mkdir(changes, { recursive: true });
  const first = await tryOverlay(node, shown, changes, state);
  if (first.ok) return first;
  // Some filesystems cannot hold the upper layer of an overlay; memory can.
  const memory = await state.run(node, ["mount", "-t", "tmpfs", "-o", "mode=0755", "tmpfs", changes]);
  if (!memory.ok) return first;
  state.onTakeDown(`unmount ${changes}`, () => state.clean(node, ["umount", changes]));
  return tryOverlay(node, shown, changes, state);
}

async function tryOverlay(
  node: string,
  { tree, at, source }: Shown,
  changes: string,
  state: FilesState,
): Promise<Result<void, DiskFailure>> {
  const upper = { directory: join(changes, "upper"), work: join(changes, "work") };
  for (const directory of Object.values(upper)) await mkdir(directory, { recursive: true });
  // The top of an overlay has the attributes of its uppermost directory, which is a new one.
  const copied = await copyAttributes(["."], tree, upper.directory, state.context);
  if (!copied.ok) return copied;
  const mount = renderTreeMount({ base: dirname(tree), lower: [basename(tree)], upper, at, source });
  const mounted = await state.run(node, bashCommand(mount));
  if (!mounted.ok) return mounted;
  state.onTakeDown(`unmount ${at}`, () => state.clean(node, ["umount", at]));
  return ok(undefined);
}
