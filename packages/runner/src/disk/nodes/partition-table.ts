import { ok, type PartitionTableNode, type Result } from "@dibkit/model";
import type { DiskFailure } from "../disk-failure.js";
import { type DiskState, defineDiskNode } from "../disk-node.js";
import { PARTITION_TABLES } from "../partition-tables/index.js";

export default defineDiskNode({
  kind: "partition-table",
  tools: ({ label }) => [
    { program: "blockdev", debianPackage: "util-linux", purpose: "re-read partition tables" },
    ...(PARTITION_TABLES.find((unit) => unit.label === label)?.tools ?? []),
  ],
  async create(node, state) {
    const unit = PARTITION_TABLES.find(({ label }) => label === node.label);
    const image = state.images.get(node.base);
    const device = state.devices.get(node.base);
    if (unit === undefined || image === undefined || device === undefined) throw new Error(`no disk "${node.base}"`);
    const written = await unit.write(node, image, device, state);
    if (!written.ok) return written;
    // The table went into the file behind the device, so what the device has cached of it is stale.
    const flushed = await state.run(node.name, ["blockdev", "--flushbufs", device]);
    return flushed.ok ? addPartitions(node, state) : flushed;
  },
  reopen: addPartitions,
  rewrite: addPartitions,
});

/** partx tells the kernel each partition (BLKPG), which needs neither partition scanning nor device-mapper. */
async function addPartitions(node: PartitionTableNode, state: DiskState): Promise<Result<void, DiskFailure>> {
  const added = await state.run(node.name, ["partx", "--add", state.devices.get(node.base) ?? ""]);
  return added.ok ? ok(undefined) : added;
}
