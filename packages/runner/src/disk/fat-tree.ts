import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { ok, type Result } from "@dibkit/model";
import type { DiskFailure } from "./disk-failure.js";
import type { DiskState, MadeFilesystem } from "./disk-node.js";

export function isFat(type: string): boolean {
  return type === "vfat" || type === "fat";
}

/** Whether the kernel can mount this FAT filesystem; some have no FAT driver. */
export async function kernelMounts(filesystem: MadeFilesystem, { context }: DiskState): Promise<boolean> {
  const probe = join(context.scratchDirectory, "fat-probe");
  await context.commands.run(["mkdir", "-p", probe]);
  const mounted = await context.commands.run(["mount", "-t", "vfat", "-o", "ro", filesystem.device, probe]);
  if (mounted.ok) await context.commands.run(["umount", probe]);
  return mounted.ok;
}

/**
 * Stands in for a FAT mount where the kernel has no driver: a tmpfs whose source is named like the partition, so that
 * tools that ask which device holds the directory (grub-install) are told the FAT partition. When it is taken down, its
 * tree is written into the partition by mtools.
 */
export async function mountFatInMemory(
  node: string,
  filesystem: MadeFilesystem,
  path: string,
  state: DiskState,
): Promise<Result<void, DiskFailure>> {
  const mounted = await state.run(node, ["mount", "-t", "tmpfs", "-o", "mode=0755", filesystem.device, path]);
  if (!mounted.ok) return mounted;
  state.onTakeDown(`unmount ${path}`, async () => {
    // A disk that is given up needs no content.
    const given = state.context.signal.aborted || state.rewritten.size > 0;
    const written = given ? ok(undefined) : await writeFatTree(node, filesystem.device, path, state);
    const unmounted = await state.clean(node, ["umount", path]);
    return written.ok ? unmounted : written;
  });
  return ok(undefined);
}

/**
 * Copies what is in a directory into an empty FAT filesystem, in the order of names, times of files kept. Directories,
 * whose times mtools does not keep, get `date`, or the present.
 */
export async function writeFatTree(
  node: string,
  device: string,
  directory: string,
  { clean }: Pick<DiskState, "clean">,
  date?: number,
): Promise<Result<void, DiskFailure>> {
  const repeatable = date === undefined ? [] : [`SOURCE_DATE_EPOCH=${date}`, "TZ=UTC0"];
  const environment = ["env", "MTOOLS_SKIP_CHECK=1", "LC_ALL=C.UTF-8", ...repeatable];
  const pending = [""];
  for (let at = pending.shift(); at !== undefined; at = pending.shift()) {
    const entries = await readdir(join(directory, at), { withFileTypes: true });
    const inOrder = entries.sort((a, b) => (a.name < b.name ? -1 : 1));
    const directories = inOrder.filter((entry) => entry.isDirectory()).map(({ name }) => `${at}/${name}`);
    const files = inOrder.filter((entry) => !entry.isDirectory()).map(({ name }) => join(directory, at, name));
    const commands = [
      ...(directories.length === 0 ? [] : [["mmd", "-i", device, ...directories.map((path) => `::${path}`)]]),
      ...(files.length === 0 ? [] : [["mcopy", "-i", device, "-Q", "-m", ...files, `::${at}/`]]),
    ];
    for (const command of commands) {
      const written = await clean(node, [...environment, ...command]);
      if (!written.ok) return written;
    }
    pending.push(...directories);
  }
  if (!(await stat(device)).isBlockDevice()) return ok(undefined);
  const flushed = await clean(node, ["blockdev", "--flushbufs", device]);
  return flushed.ok ? ok(undefined) : flushed;
}
