import type { Result } from "@dibkit/model";
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
