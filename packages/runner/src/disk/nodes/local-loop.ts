import { mkdir, open, rm } from "node:fs/promises";
import { join } from "node:path";
import { type DiskImageNode, err, ok, type Result } from "@dibkit/model";
import { copyAround } from "../copy-around.js";
import { copyDiskCommand } from "../copy-disk.js";
import type { DiskFailure } from "../disk-failure.js";
import { type DiskState, defineDiskNode } from "../disk-node.js";
import { attachLoop } from "../loop-device.js";

export default defineDiskNode({
  kind: "local-loop",
  tools: () => [
    { program: "losetup", debianPackage: "mount", purpose: "use image files as disks" },
    { program: "partx", debianPackage: "util-linux", purpose: "make partitions visible" },
  ],
  create: (node, state) =>
    attach(node, state, async (image) => {
      if (node.bytes === null) throw new Error(`disk "${node.name}" was planned without a size`);
      const file = await open(image, "w");
      await file.truncate(node.bytes).finally(() => file.close());
      return ok(undefined);
    }),
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
  suffix = "raw",
): Promise<Result<void, DiskFailure>> {
  const directory = node.directory ?? state.context.imageDirectory;
  const image = join(directory, `${node.name}.${suffix}`);
  try {
    await mkdir(directory, { recursive: true });
    state.context.undo.defer(`remove ${image}`, () => rm(image, { force: true }));
    const written = await write(image);
    if (!written.ok) return written;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    const help = `make "${directory}" writable, or free space there`;
    return err({ kind: "no-space", node: node.name, message: `cannot create "${image}": ${code}`, help });
  }
  const loop = await attachLoop(node.name, image, node.blockSize, state);
  if (!loop.ok) return loop;
  state.onTakeDown(`detach ${loop.value.path}`, loop.value.detach);
  state.images.set(node.name, image);
  state.blockSizes.set(node.name, node.blockSize);
  state.devices.set(node.name, loop.value.path);
  return ok(undefined);
}
