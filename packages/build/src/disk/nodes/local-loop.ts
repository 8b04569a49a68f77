import { mkdir, open, rm } from "node:fs/promises";
import { join } from "node:path";
import { err, ok } from "@dibkit/model";
import { defineDiskNode } from "../disk-node.js";
import { attachLoop } from "../loop-device.js";

export default defineDiskNode({
  kind: "local-loop",
  tools: () => [
    { program: "losetup", debianPackage: "mount", purpose: "use image files as disks" },
    { program: "partx", debianPackage: "util-linux", purpose: "make partitions visible" },
  ],
  async create(node, state) {
    if (node.bytes === null) throw new Error(`disk "${node.name}" was planned without a size`);
    const directory = node.directory ?? state.context.imageDirectory;
    const image = join(directory, `${node.name}.raw`);
    try {
      await mkdir(directory, { recursive: true });
      state.context.undo.defer(`remove ${image}`, () => rm(image, { force: true }));
      const file = await open(image, "w");
      await file.truncate(node.bytes).finally(() => file.close());
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      const help = `make "${directory}" writable, or free space there`;
      return err({ kind: "no-space", node: node.name, message: `cannot create "${image}": ${code ?? message}`, help });
    }
    const loop = await attachLoop(node.name, image, node.blockSize, state);
    if (!loop.ok) return loop;
    state.onTakeDown(`detach ${loop.value.path}`, loop.value.detach);
    state.images.set(node.name, image);
    state.blockSizes.set(node.name, node.blockSize);
    state.devices.set(node.name, loop.value.path);
    return ok(undefined);
  },
});
