import type { DiskPlanNode, FilesystemNode, Result } from "@dibkit/model";
import type { BuildContext } from "../run/build-context.js";
import type { DiskFailure } from "./disk-failure.js";
import type { HostTool } from "./host-tool.js";

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
  readonly kept?: Readonly<Record<string, string>>;
  /** Runs a host tool for a node. */
  readonly run: (node: string, argv: readonly string[]) => Promise<Result<string, DiskFailure>>;
  /** Runs a host tool that takes something down: not stopped by Ctrl-C, which is often why it is called. */
  readonly clean: (node: string, argv: readonly string[]) => Promise<Result<string, DiskFailure>>;
  /** Registers what takes a node down again; `unmount` and a failed build run these in reverse. */
  readonly onTakeDown: (label: string, takeDown: () => Promise<Result<unknown, DiskFailure>>) => void;
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
  /** Whether a copy of the disk can be in use while its original is; LVM and some filesystems go by unique names. */
  readonly canBeKept?: (node: N) => boolean;
}

export function defineDiskNode<K extends DiskPlanNode["kind"]>(
  unit: DiskNodeUnit<Extract<DiskPlanNode, { readonly kind: K }>> & { readonly kind: K },
): DiskNodeUnit<Extract<DiskPlanNode, { readonly kind: K }>> {
  return unit;
}
