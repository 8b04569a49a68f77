import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { err, ok, type PartitionNode, type Result } from "@dibkit/model";
import type { DiskFailure } from "../disk-failure.js";
import { type DiskState, defineDiskNode } from "../disk-node.js";
import { exists } from "../loop-device.js";

export default defineDiskNode({
  kind: "partition",
  tools: () => [],
  create: find,
  rewrite: find,
});

async function find(node: PartitionNode, state: DiskState): Promise<Result<void, DiskFailure>> {
  const device = `${state.devices.get(node.base)}p${node.number}`;
  const numbers = await readFile(`/sys/class/block/${basename(device)}/dev`, "utf8").catch(() => undefined);
  if (numbers === undefined) {
    return err({
      kind: "host-cannot",
      node: node.name,
      message: `the kernel did not make partition ${node.number} of "${node.base}" ("${node.name}")`,
      help: "check that /sys is mounted and that the kernel's loop driver allows partitions",
    });
  }
  // Where /dev is not the kernel's own (containers), nobody else makes the node.
  if (!(await exists(device))) {
    const made = await state.run(node.name, ["mknod", "-m", "0660", device, "b", ...numbers.trim().split(":")]);
    if (!made.ok) return made;
    state.onTakeDown(`remove ${device}`, () => state.clean(node.name, ["rm", "-f", device]));
  }
  state.devices.set(node.name, device);
  return ok(undefined);
}
