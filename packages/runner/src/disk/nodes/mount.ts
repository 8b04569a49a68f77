import { mkdir } from "node:fs/promises";
import { ok, type Result } from "@dibkit/model";
import { pathInside } from "../../host/inside-root.js";
import { copyTree } from "../copy-tree.js";
import type { DiskFailure } from "../disk-failure.js";
import { type DiskState, defineDiskNode, type MadeFilesystem } from "../disk-node.js";
import { isFat, kernelMounts, mountFatInMemory } from "../fat-tree.js";

export default defineDiskNode({
  kind: "mount",
  tools: () => [
    { program: "mount", debianPackage: "mount", purpose: "mount filesystems of the image" },
    { program: "umount", debianPackage: "mount", purpose: "unmount filesystems of the image" },
    { program: "fstrim", debianPackage: "util-linux", purpose: "keep unused space out of images" },
  ],
  async create(node, state) {
    const filesystem = state.filesystems.get(node.base);
    if (filesystem === undefined) throw new Error(`no filesystem "${node.base}" for mount "${node.name}"`);
    if (filesystem.type === "swap") return ok(undefined);
    const path = await pathInside(state.context.targetPath, node.mountPoint);
    await mkdir(path, { recursive: true });
    if (isFat(filesystem.type) && !(await kernelMounts(filesystem, state))) {
      const shown = await mountFatInMemory(node.name, filesystem, path, state);
      // The kept filesystem is empty: its files were still in memory then. They are those of the tree.
      if (!shown.ok || state.kept === undefined) return shown;
      return copyTree(await pathInside(state.context.treePath, node.mountPoint), path, state.context);
    }
    const mounted = await state.run(node.name, ["mount", ...mountOptions(filesystem), filesystem.device, path]);
    if (!mounted.ok) return mounted;
    state.mounted.set(path, filesystem.device);
    state.onTakeDown(`unmount ${path}`, () => trimAndUnmount(node.name, filesystem, path, state));
    return ok(undefined);
  },
});

/**
 * Package managers sync a filesystem hundreds of times. Without barriers that ends in the page cache of the raw file,
 * which is removed after the build; with them the kernel waits each time for the machine's own disk.
 */
function mountOptions({ type }: MadeFilesystem): readonly string[] {
  return /^(ext[34]|btrfs)$/.test(type) ? ["-o", "nobarrier"] : [];
}

async function trimAndUnmount(
  node: string,
  filesystem: MadeFilesystem,
  path: string,
  { context, clean, rewritten }: DiskState,
): Promise<Result<unknown, DiskFailure>> {
  const synced = await clean(node, ["sync", "--file-system", path]);
  if (!synced.ok) return synced;
  // Gives blocks of deleted files back, which makes the image smaller; a filesystem that cannot is no failure.
  if (!isFat(filesystem.type) && !context.signal.aborted && rewritten.size === 0) {
    const trimmed = await clean(node, ["fstrim", path]);
    if (!trimmed.ok) context.emit({ type: "note", message: trimmed.error.message });
  }
  return clean(node, ["umount", path]);
}
