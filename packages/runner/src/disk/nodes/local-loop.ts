import { type DiskImageNode, ok, type Result } from "@dibkit/model";
import { copyAround } from "../copy-around.js";
import { copyDiskCommand } from "../copy-disk.js";
import type { DiskFailure } from "../disk-failure.js";
import { type DiskState, defineDiskNode } from "../disk-node.js";
import { attachLoop } from "../loop-device.js";
import { makeSparseFile, plannedBytes, putRawFile } from "../raw-file.js";

export default defineDiskNode({
  kind: "local-loop",
  tools: () => [
    { program: "losetup", debianPackage: "mount", purpose: "use image files as disks" },
    { program: "partx", debianPackage: "util-linux", purpose: "make partitions visible" },
  ],
  create: (node, state) => attach(node, state, (image) => makeSparseFile(image, plannedBytes(node))),
  reopen: (node, state) =>
    attach(node, state, async (image) => {
      const kept = state.kept?.[node.name];
      if (kept === undefined) throw new Error(`disk "${node.name}" was not kept`);
      return state.run(node.name, copyDiskCommand(kept, image));
    }),
  rewrite: (node, state) => {
    const original = state.original.images.get(node.name);
    const device = state.original.devices.get(node.name);
    if (original === undefined || device === undefined) throw new Error(`no disk "${node.name}" to write again`);
    const left = [...state.original.filesystems.values()].filter(({ name }) => state.isRewritten(name));
    const write = (image: string) => copyAround(node.name, { original, image, device }, left, state);
    return attach(node, state, write, "rewritten");
  },
});

/** Gets the raw file of a disk into place and makes a device of it. */
async function attach(
  node: DiskImageNode,
  state: DiskState,
  write: (image: string) => Promise<Result<unknown, DiskFailure>>,
  suffix?: string,
): Promise<Result<void, DiskFailure>> {
  const image = await putRawFile(node, state, write, suffix);
  if (!image.ok) return image;
  const loop = await attachLoop(node.name, image.value, node.blockSize, state);
  if (!loop.ok) return loop;
  state.onTakeDown(`detach ${loop.value.path}`, loop.value.detach);
  state.images.set(node.name, image.value);
  state.blockSizes.set(node.name, node.blockSize);
  state.devices.set(node.name, loop.value.path);
  return ok(undefined);
}
