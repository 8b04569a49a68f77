import type { HostTool } from "@dibkit/exec";
import type { PartitionTableNode, Result } from "@dibkit/model";
import type { DiskFailure } from "../disk-failure.js";
import type { DiskState } from "../disk-node.js";

/** How one kind of partition table (`label` of a `partitioning` entry) is written. */
export interface PartitionTableUnit {
  readonly label: string;
  readonly tools: readonly HostTool[];
  readonly write: (
    table: PartitionTableNode,
    imagePath: string,
    device: string,
    state: DiskState,
  ) => Promise<Result<unknown, DiskFailure>>;
}

export function definePartitionTable(unit: PartitionTableUnit): PartitionTableUnit {
  return unit;
}
