import type { Result } from "@dibkit/model";
import type { DiskFailure } from "./disk-failure.js";
import type { DiskOverlays } from "./disk-overlays.js";
import type { KeptDisk } from "./keep-disk.js";
import type { UnsettledFilesystem } from "./rewrite-disk.js";

/** The raw files of a disk after everything was unmounted and detached. */
export interface DiskImages {
  /** Raw file of the first image (`image0`), the one formats are made from. */
  readonly imagePath: string;
  /** Every `local_loop` by its name, for configurations with several images. */
  readonly images: Readonly<Record<string, string>>;
}

/** A disk that is partitioned and formatted, ready for the finished tree; `fill` puts that on it. */
export interface MountedDisk extends DiskImages {
  /** Directory under which every filesystem is mounted (`targetPath` of the context). */
  readonly rootPath: string;
  /** `IMAGE_BLOCK_DEVICE`, `IMAGE_BLOCK_DEVICES` and `LOOPDEV` for the scripts from `pre-finalise.d` on. */
  readonly environment: Readonly<Record<string, string>>;
  /** Files in `/dev` that play devices; a bind of `/dev` shows them empty, unless they are bound themselves. */
  readonly standIns: readonly string[];
  /** How its filesystems can be shown with layers over them; absent where the kernel mounts real ones. After `fill`. */
  overlays?(): DiskOverlays;
  /** Puts the finished tree on the disk, once; what scripts do below `rootPath` is then done to the image. */
  fill(): Promise<Result<void, DiskFailure>>;
  /**
   * Copies the raw files, as they are now, into a directory; the disk stays mounted. Absent when such a copy could not be
   * opened again, or would save nothing.
   */
  keep?(directory: string): Promise<Result<KeptDisk, DiskFailure>>;
  /**
   * Writes the raw files a second time, so that their bytes follow from what is on the disk and from `date` (seconds
   * since 1970) alone; gives the filesystems for which that cannot be. The disk is read-only from then on.
   */
  rewrite(date: number): Promise<Result<readonly UnsettledFilesystem[], DiskFailure>>;
  /**
   * Brings everything to the raw files and takes the rest down in reverse order; they are then the caller's.
   * Every step is tried even when an earlier one fails; the first failure is returned.
   */
  unmount(): Promise<Result<DiskImages, DiskFailure>>;
  /** Removes the raw files that are still in the image directory. */
  finish(): Promise<void>;
}
