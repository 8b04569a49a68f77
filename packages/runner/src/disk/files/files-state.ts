import type { DiskState } from "../disk-node.js";
import type { DiskOverlay } from "../disk-overlays.js";

/** Where a disk or partition lies in a raw file. */
export interface Region {
  /** The raw file of the disk. */
  readonly image: string;
  /** In bytes. */
  readonly offset: number;
  readonly bytes: number;
}

/** What nodes leave for those above them when a disk is made of files alone. */
export interface FilesState extends DiskState {
  /** By the name of a disk or partition. */
  readonly regions: Map<string, Region>;
  /**
   * By the name of a disk or partition, the file that plays its device for scripts. A partition plays itself with a file
   * of its own, and so does a disk that is one filesystem; any other disk plays itself with its raw file.
   */
  readonly standIns: Map<string, string>;
  /** Where each filesystem is mounted, by its name, parents first. */
  readonly mountPoints: Map<string, string>;
  /** What is shown there, as `fill` has found it, by the name of the filesystem, parents first. */
  readonly overlays: Map<string, DiskOverlay>;
  /** The mount points of overlays that are mounted now. */
  readonly shown: Set<string>;
}

/** What is in the state for a name, which the planner has checked. */
export function inState<T>(map: ReadonlyMap<string, T>, name: string): T {
  const found = map.get(name);
  if (found === undefined) throw new Error(`no disk or partition "${name}" in the plan`);
  return found;
}
