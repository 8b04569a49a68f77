import { ok } from "@dibkit/model";
import { defineDiskNode } from "../disk-node.js";
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
    if (!flushed.ok) return flushed;
    // partx tells the kernel each partition (BLKPG), which needs neither partition scanning nor device-mapper.
    const added = await state.run(node.name, ["partx", "--add", device]);
    return added.ok ? ok(undefined) : added;
  },
});
