import type { HostTool } from "@dibkit/exec";
import type { DiskPlanNode, FilesystemNode, Result } from "@dibkit/model";
import type { BuildContext } from "../job/build-context.js";
import type { DiskFailure } from "./disk-failure.js";

/** A filesystem that was made, and the device it is on. */
export interface MadeFilesystem extends FilesystemNode {
  readonly device: string;
}

/** What nodes leave for those above them. */
export interface DiskState {
  readonly context: BuildContext;
  /** Device of every disk, partition and logical volume, in order of creation. */
  readonly devices: Map<string, string>;
  /** Raw file of every disk. */
  readonly images: Map<string, string>;
  /** Sector size of every disk. */
  readonly blockSizes: Map<string, number>;
  readonly filesystems: Map<string, MadeFilesystem>;
  /** Device of every mounted filesystem by its mount point, in order of mounting; not what stands in for one. */
  readonly mounted: Map<string, string>;
  /** When a kept disk is opened again: its raw files by the name of the disk. */
  readonly kept?: Readonly<Record<string, string>> | undefined;
  /** Raw files that take the place of `images` when the disk is unmounted; see `rewriteDisk`. */
  readonly rewritten: Map<string, string>;
  /** Runs a host tool for a node. */
  readonly run: (node: string, argv: readonly string[]) => Promise<Result<string, DiskFailure>>;
  /** Runs a host tool that takes something down: not stopped by Ctrl-C, which is often why it is called. */
  readonly clean: (node: string, argv: readonly string[]) => Promise<Result<string, DiskFailure>>;
  /** Registers what takes a node down again; `unmount` and a failed build run these in reverse. */
  readonly onTakeDown: (label: string, takeDown: () => Promise<Result<unknown, DiskFailure>>) => void;
}

/** What nodes leave when a disk is written a second time. */
export interface RewriteState extends DiskState {
  /** The mounted disk that is written again. */
  readonly original: DiskState;
  /** The time for everything, in seconds since 1970. */
  readonly date: number;
  /** Where each filesystem is mounted. */
  readonly mountPoints: ReadonlyMap<string, string>;
  /** Whether this filesystem is made anew; any other is copied with the bytes around it. */
  readonly isRewritten: (name: string) => boolean;
}

/** How one kind of planned node is made. */
export interface DiskNodeUnit<N extends DiskPlanNode> {
  readonly kind: N["kind"];
  readonly tools: (node: N) => readonly HostTool[];
  /** What this host cannot do for the node, known before anything is built. */
  readonly check?: (node: N) => DiskFailure | undefined;
  readonly create: (node: N, state: DiskState) => Promise<Result<void, DiskFailure>>;
  /** Finds on a kept disk what `create` made there; the same as `create` when absent. */
  readonly reopen?: (node: N, state: DiskState) => Promise<Result<void, DiskFailure>>;
  /** Makes it for the second writing of a disk; nothing when absent. */
  readonly rewrite?: (node: N, state: RewriteState) => Promise<Result<void, DiskFailure>>;
  /** Whether a copy of the disk can be in use while its original is; LVM and some filesystems go by unique names. */
  readonly canBeKept?: (node: N) => boolean;
}

export function defineDiskNode<K extends DiskPlanNode["kind"]>(
  unit: DiskNodeUnit<Extract<DiskPlanNode, { readonly kind: K }>> & { readonly kind: K },
): DiskNodeUnit<Extract<DiskPlanNode, { readonly kind: K }>> {
  return unit;
}
