import { mkdir } from "node:fs/promises";
import { resolve } from "node:path";
import { ok, type Result } from "@dibkit/model";
import { OVERLAY_NOTES } from "../host/portable-member.js";
import type { OverlayMount } from "../host/tree-mount.js";
import type { BuildContext } from "../job/build-context.js";
import { copyAttributes } from "./copy-tree.js";
import type { DiskFailure } from "./disk-failure.js";

/** How one filesystem of a disk in files is shown to scripts. */
export interface DiskOverlay {
  /** The directory over which it is mounted. */
  readonly at: string;
  /** What the mount table says is mounted there: the name of the partition. */
  readonly source: string;
  /** Directories that hold its files, newest first. */
  readonly lower: readonly string[];
}

/** A disk in files as others may show it, with layers of their own over it. */
export interface DiskOverlays {
  /** Parents first. */
  readonly filesystems: readonly DiskOverlay[];
  /** The files that play disks and partitions, by a name that is theirs alone; scripts may write to any of them. */
  readonly devices: Readonly<Record<string, string>>;
  /** Takes away what `fill` has mounted, for as long as others show it. */
  hide(): Promise<Result<void, DiskFailure>>;
  /** Mounts it again for the rest of its life, with further directories over each filesystem, newest first, below `base`. */
  show(base: string, layers: readonly (readonly string[])[]): Promise<Result<void, DiskFailure>>;
}

/**
 * The mount that shows a filesystem with what changes in `upper`, whose directories are made. Its `lower` directories are
 * absolute, or relative to `base`.
 */
export async function overlayMount(
  { at, source, lower }: DiskOverlay,
  base: string,
  upper: NonNullable<OverlayMount["upper"]>,
  context: Pick<BuildContext, "commands">,
): Promise<Result<OverlayMount, DiskFailure>> {
  for (const directory of Object.values(upper)) await mkdir(directory, { recursive: true });
  // The top of an overlay has the attributes of its uppermost directory, which is a new one.
  const top = resolve(base, lower[0] ?? "");
  const copied = await copyAttributes(["."], top, upper.directory, context, OVERLAY_NOTES);
  return copied.ok ? ok({ base, lower, upper, at, source }) : copied;
}
