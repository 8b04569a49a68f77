import type { DiskPlanNode } from "@dibkit/model";
import type { DiskNodeUnit } from "../disk-node.js";
import fstab from "./fstab.js";
import localLoop from "./local-loop.js";
import lvm from "./lvm.js";
import mkfs from "./mkfs.js";
import mount from "./mount.js";
import partition from "./partition.js";
import partitionTable from "./partition-table.js";

/** How each kind of planned node is made; the type holds that no kind is forgotten. */
export const DISK_NODES: {
  readonly [K in DiskPlanNode["kind"]]: DiskNodeUnit<Extract<DiskPlanNode, { readonly kind: K }>>;
} = {
  "local-loop": localLoop,
  "partition-table": partitionTable,
  partition,
  lvm,
  mkfs,
  mount,
  fstab,
};

/** The unit of a node. */
export function unitOf<N extends DiskPlanNode>(node: N): DiskNodeUnit<N> {
  return DISK_NODES[node.kind] as unknown as DiskNodeUnit<N>;
}
