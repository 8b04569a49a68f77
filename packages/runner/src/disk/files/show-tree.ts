import { mkdir, stat, utimes } from "node:fs/promises";
import { dirname, join } from "node:path";
import { bashCommand } from "@dibkit/exec";
import { type MountNode, ok, type Result } from "@dibkit/model";
import { pathInside } from "../../host/inside-root.js";
import { renderTreeMount } from "../../host/tree-mount.js";
import type { DiskFailure } from "../disk-failure.js";
import { type DiskOverlay, overlayMount } from "../disk-overlays.js";
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
  const mounted = await mountOverlay(node.name, { lower: [tree], at, source: filesystem.device }, state);
  if (!mounted.ok) return mounted;
  state.mountPoints.set(filesystem.name, at);
  if (filesystem.type.startsWith("ext")) await showLostAndFound(at);
  const changed = join(changesOf(node.name, state), "upper");
  state.overlays.set(filesystem.name, { at, source: filesystem.device, lower: [changed, tree] });
  return ok(undefined);
}

/** Every ext filesystem has it from the beginning, and so have archives of what is mounted. */
async function showLostAndFound(at: string): Promise<void> {
  const { atime, mtime } = await stat(at);
  // An image may have one of its own, with whatever mode.
  const made = await mkdir(join(at, "lost+found"), { mode: 0o700, recursive: true });
  if (made !== undefined) await utimes(at, atime, mtime);
}

/** Unmounts what is shown of every filesystem; what was changed there is the newest of their directories from then on. */
export async function hideTrees(state: FilesState): Promise<Result<void, DiskFailure>> {
  for (const [name, { at }] of [...state.overlays].toReversed()) {
    const hidden = await state.clean(name, ["umount", at]);
    if (!hidden.ok) return hidden;
    state.shown.delete(at);
  }
  return ok(undefined);
}

/** Mounts every filesystem again, with directories below `base` over its own. */
export async function showTreesAgain(
  base: string,
  layers: readonly (readonly string[])[],
  state: FilesState,
): Promise<Result<void, DiskFailure>> {
  for (const [index, [name, overlay]] of [...state.overlays].entries()) {
    const lower = [...(layers[index] ?? []), ...overlay.lower];
    const mounted = await mountOverlay(`${name}.finished`, { ...overlay, lower }, state, base);
    if (!mounted.ok) return mounted;
  }
  return ok(undefined);
}

/** Where the changes to what is mounted for a node are. */
function changesOf(node: string, { context }: FilesState): string {
  return join(context.imageDirectory, `${node}.changes`);
}

async function mountOverlay(
  node: string,
  shown: DiskOverlay,
  state: FilesState,
  base = "/",
): Promise<Result<void, DiskFailure>> {
  const changes = changesOf(node, state);
  state.context.undo.defer(`remove ${changes}`, async () => {
    await state.clean(node, ["rm", "-rf", changes]);
  });
  await mkdir(changes, { recursive: true });
  const first = await tryOverlay(node, shown, changes, state, base);
  if (first.ok) return first;
  // Some filesystems cannot hold the upper layer of an overlay; memory can.
  const memory = await state.run(node, ["mount", "-t", "tmpfs", "-o", "mode=0755", "tmpfs", changes]);
  if (!memory.ok) return first;
  state.onTakeDown(`unmount ${changes}`, () => state.clean(node, ["umount", changes]));
  return tryOverlay(node, shown, changes, state, base);
}

async function tryOverlay(
  node: string,
  shown: DiskOverlay,
  changes: string,
  state: FilesState,
  base: string,
): Promise<Result<void, DiskFailure>> {
  const { at } = shown;
  const upper = { directory: join(changes, "upper"), work: join(changes, "work") };
  const mount = await overlayMount(shown, base, upper, state.context);
  if (!mount.ok) return mount;
  const mounted = await state.run(node, bashCommand(renderTreeMount(mount.value)));
  if (!mounted.ok) return mounted;
  state.shown.add(at);
  state.onTakeDown(`unmount ${at}`, async () => (state.shown.delete(at) ? state.clean(node, ["umount", at]) : ok("")));
  return ok(undefined);
}
