import type { HostTool } from "@dibkit/exec";
import type { DiskPlan, Result } from "@dibkit/model";
import type { BuildContext } from "../job/build-context.js";
import type { DiskWay } from "../job/disk-way.js";
import type { DiskFailure } from "./disk-failure.js";
import type { MountedDisk } from "./mounted-disk.js";

/** Raw files of a populated disk, and the plan it was made from. */
export interface DiskCopy {
  readonly plan: DiskPlan;
  /** By the name of the disk; of a disk in files also those that play its partitions. */
  readonly images: Readonly<Record<string, string>>;
}

/** A way from a planned disk and a finished tree to raw files; see README.md beside this file. */
export interface DiskAssembler {
  readonly way: DiskWay;
  /** Host programs that a plan needs; `repeatable`: its bytes are to be the same in every build. */
  readonly tools: (plan: DiskPlan, repeatable: boolean) => readonly HostTool[];
  /** What this way, or this host, cannot do for a plan; empty when it can all be done. Known before anything is built. */
  readonly check: (plan: DiskPlan) => readonly DiskFailure[];
  /**
   * Makes the disk of a plan, partitioned and formatted, and writes `etc/fstab` into the tree. What it makes is
   * registered on the undo stack of the context before it is made; when it fails, nothing is left.
   */
  readonly open: (plan: DiskPlan, context: BuildContext) => Promise<Result<MountedDisk, DiskFailure>>;
  /** Whether what `keep` copies has the tree on it; an empty disk has to be filled again, and is always worth keeping. */
  readonly keeps: "filled" | "empty";
  /** Opens a copy that `keep` has made, with everything that was on it. */
  readonly reopen: (copy: DiskCopy, context: BuildContext) => Promise<Result<MountedDisk, DiskFailure>>;
}
