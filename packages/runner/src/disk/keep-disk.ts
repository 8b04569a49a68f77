import { mkdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { type DiskPlan, err, ok, type Result } from "@dibkit/model";
import { copyDiskCommand } from "./copy-disk.js";
import type { DiskFailure } from "./disk-failure.js";
import type { DiskState } from "./disk-node.js";
import { unitOf } from "./nodes/index.js";

/** How a try to keep a disk ended; a disk that cannot be kept is no reason for a build to fail. */
export interface KeptDisk {
  /** Raw files by the name of their disk; undefined when they could not be copied. */
  readonly images: Readonly<Record<string, string>> | undefined;
  readonly reason?: DiskFailure;
}

/** Whether copies of a plan's disks can be kept and opened again, in several builds at once too. */
export function canBeKept(plan: DiskPlan): boolean {
  return plan.nodes.every((node) => unitOf(node).canBeKept?.(node) ?? true);
}

/**
 * Copies the raw files of a mounted disk. Its filesystems are read-only meanwhile, which brings everything to the
 * files and leaves clean filesystems there. They are not frozen: the kernel keeps a frozen filesystem, and the loop
 * device under it, when the build is killed. Fails only when the disk cannot be written to any more.
 */
export async function keepDisk(state: DiskState, directory: string): Promise<Result<KeptDisk, DiskFailure>> {
  const mounts = [...state.mounted];
  const quiet = await makeReadOnly(state);
  let reason = quiet.ok ? undefined : quiet.error;
  const images: Record<string, string> = {};
  await mkdir(directory, { recursive: true }).catch((error: NodeJS.ErrnoException) => {
    reason ??= notMade(directory, error);
  });
  for (const [name, image] of state.images) {
    if (reason !== undefined) break;
    const kept = join(directory, `${name}.raw`);
    const copied = await state.run(name, copyDiskCommand(image, kept));
    if (copied.ok) images[name] = kept;
    else reason = copied.error;
  }
  for (const [path] of mounts) {
    const writable = await remount(state, path, "rw");
    if (!writable.ok) return writable;
  }
  return ok(reason === undefined ? { images } : { images: undefined, reason });
}

/** Brings everything on a mounted disk to its raw files; nothing can be written to it from then on. */
export async function makeReadOnly(state: DiskState): Promise<Result<void, DiskFailure>> {
  let failure: DiskFailure | undefined;
  for (const [path, device] of [...state.mounted].toReversed()) {
    const quiet = await remount(state, path, "ro");
    const flushed = quiet.ok ? await state.run("disk", ["blockdev", "--flushbufs", device]) : quiet;
    if (!flushed.ok) failure ??= flushed.error;
  }
  return failure === undefined ? ok(undefined) : err(failure);
}

function notMade(directory: string, { code, message }: NodeJS.ErrnoException): DiskFailure {
  const help = "free some space in the layer store";
  return { kind: "no-space", node: "disk", message: `cannot make "${directory}": ${code ?? message}`, help };
}

/** Bytes that raw files take on disk, holes left out. */
export async function diskUsage(images: Readonly<Record<string, string>>): Promise<number> {
  const sizes = await Promise.all(Object.values(images).map(async (image) => (await stat(image)).blocks * 512));
  return sizes.reduce((sum, size) => sum + size, 0);
}

function remount({ clean }: DiskState, path: string, how: "ro" | "rw"): Promise<Result<string, DiskFailure>> {
  return clean("disk", ["mount", "-o", `remount,${how}`, path]);
}
