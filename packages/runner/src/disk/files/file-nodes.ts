import { randomUUID } from "node:crypto";
import type { HostTool } from "@dibkit/exec";
import { type DiskPlanNode, err, type FilesystemNode, ok, type Result } from "@dibkit/model";
import type { DiskFailure } from "../disk-failure.js";
import { mkfsCommand, mkfsTools } from "../nodes/mkfs.js";
import { PARTITION_TABLES } from "../partition-tables/index.js";
import { plannedBytes, putRawFile } from "../raw-file.js";
import { type FilesState, inState } from "./files-state.js";
import { makeFile } from "./kept-files.js";
import { readPartitions } from "./read-partitions.js";
import { makeStandIn, nameDisk, partitionName } from "./stand-in.js";

type Done = Promise<Result<void, DiskFailure>>;

/** How one kind of planned node is made in files alone. */
export interface FileNodeUnit<N extends DiskPlanNode> {
  readonly tools?: (node: N) => readonly HostTool[];
  /** Why this cannot be made so, as a sentence; undefined when it can. */
  readonly whyNot?: (node: N) => string | undefined;
  readonly open: (node: N, state: FilesState) => Done;
}

type FileNodes = {
  readonly [K in DiskPlanNode["kind"]]: FileNodeUnit<Extract<DiskPlanNode, { readonly kind: K }>>;
};

export const FILE_NODES: FileNodes = {
  "local-loop": {
    whyNot: ({ name, blockSize }) =>
      blockSize === 512 ? undefined : `disk "${name}" has sectors of ${blockSize} bytes, which only a device can have`,
    async open(node, state) {
      const bytes = plannedBytes(node);
      const image = await putRawFile(node, state, (path) => makeFile(node.name, path, bytes, state));
      if (!image.ok) return image;
      const device = await nameDisk(node.name, image.value, state);
      if (!device.ok) return device;
      state.images.set(node.name, image.value);
      state.blockSizes.set(node.name, node.blockSize);
      state.devices.set(node.name, device.value);
      state.regions.set(node.name, { image: image.value, offset: 0, bytes });
      return ok(undefined);
    },
  },
  "partition-table": {
    tools: ({ label }) => [
      { program: "sfdisk", debianPackage: "fdisk", purpose: "find partitions in disk images" },
      ...(PARTITION_TABLES.find((unit) => unit.label === label)?.tools ?? []),
    ],
    async open(node, state) {
      const unit = PARTITION_TABLES.find(({ label }) => label === node.label);
      if (unit === undefined) throw new Error(`no partition table "${node.label}"`);
      const image = inState(state.images, node.base);
      if (state.kept === undefined) {
        const written = await unit.write(node, image, image, state);
        if (!written.ok) return written;
      }
      const regions = await readPartitions(node.name, image, state);
      if (!regions.ok) return regions;
      for (const { name, number } of node.partitions) {
        const region = regions.value.get(number);
        if (region === undefined) return err(notWritten(node.base, name, number));
        state.regions.set(name, region);
      }
      return ok(undefined);
    },
  },
  partition: {
    async open({ name, base, number }, state) {
      const device = partitionName(inState(state.devices, base), number);
      state.devices.set(name, device);
      return makeStandIn(name, device, inState(state.regions, name).bytes, state);
    },
  },
  lvm: {
    whyNot: ({ name }) => `lvm "${name}" is made by device-mapper, which works on devices only`,
    open: async ({ name }) => {
      throw new Error(`lvm "${name}" was planned in files`);
    },
  },
  mkfs: { tools: (node) => mkfsTools(node), open: makeEmpty },
  // What is mounted where, and how, is known when the tree is shown.
  mount: { open: async () => ok(undefined) },
  fstab: { open: async () => ok(undefined) },
};

/** The unit of a node. */
export function fileUnitOf<N extends DiskPlanNode>(node: N): FileNodeUnit<N> {
  return FILE_NODES[node.kind] as unknown as FileNodeUnit<N>;
}

/** An empty filesystem is all that boot loaders ask of a partition: its type, label and UUID. */
async function makeEmpty(node: FilesystemNode, state: FilesState): Done {
  const device = inState(state.devices, node.base);
  if (!state.standIns.has(node.base)) {
    const made = await makeStandIn(node.base, device, inState(state.regions, node.base).bytes, state);
    if (!made.ok) return made;
  }
  // It is made a second time with the files in it, and must not get another UUID then.
  const filesystem = { ...node, uuid: node.uuid ?? randomUUID(), device };
  if (state.kept === undefined) {
    const made = await state.run(node.name, mkfsCommand(node, filesystem.uuid, inState(state.standIns, node.base)));
    if (!made.ok) return made;
  }
  state.filesystems.set(node.name, filesystem);
  return ok(undefined);
}

function notWritten(disk: string, name: string, number: number): DiskFailure {
  const message = `the partition table of "${disk}" has no partition ${number} ("${name}")`;
  return { kind: "host-cannot", node: name, message, help: 'build with "--disk loop"' };
}
