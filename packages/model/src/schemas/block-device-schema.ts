import {
  either,
  type JsonSchema,
  listOf,
  object,
  oneOf,
  refer,
  type Shape,
  type TypeOf,
  text,
  wholeNumber,
} from "./shape.js";

const word = (description: string) => text({ minLength: 1, description });

const node = {
  name: word("Name of the node, by which others refer to it; made up from the kind and the base when left out"),
  base: word("Name of the node this one lies on; the surrounding node when nested in one"),
};
const size = text({
  pattern: "^[\\d.]* ?([TGMK](iB|B)?|B)?$",
  description: "Size; T, G, M and K are powers of 1000",
  examples: ["8MiB", "40G", "1.5GiB"],
});
const partitionSize = text({
  pattern: "^(\\d+(\\.\\d*)?%|[\\d.]* ?([TGMK](iB|B)?|B)?)$",
  description: "Size, or a share of the space that is still free",
  examples: ["8MiB", "40G", "100%"],
});

const fstab = object(
  {},
  {
    ...node,
    options: word("Mount options (default `defaults`)"),
    "dump-freq": wholeNumber({ minimum: 0, description: "For dump(8) (default 0)" }),
    "fsck-passno": wholeNumber({ minimum: 0, description: "Order of fsck(8) at boot (default 2)" }),
  },
  { description: "A line of /etc/fstab" },
);

const mount = object(
  { mount_point: word("Where the filesystem is mounted, such as `/`") },
  { ...node, fstab: refer("fstab", fstab) },
  { description: "Where a filesystem is mounted in the image" },
);

const mkfs = object(
  {},
  {
    ...node,
    type: word("Filesystem, such as `ext4`, `xfs` or `vfat` (default that of the image)"),
    label: word("Label, unique in the image (default the node's name)"),
    opts: word("More options for mkfs, separated by spaces"),
    uuid: word("UUID of the filesystem (default random)"),
    mount: refer("mount", mount),
    fstab: refer("fstab", fstab),
  },
  { description: "A filesystem" },
);

const names = (description: string) => listOf(text(), { minItems: 1, description });
const options = listOf(text(), { description: "Options for the LVM command" });
const volumeName = word("Name, unique in the image");

const physicalVolume = object(
  { name: volumeName, base: word("Partition") },
  { options },
  { description: "A physical volume" },
);
const volumeGroup = object(
  { name: volumeName, base: names("Physical volumes") },
  { options },
  { description: "A volume group" },
);
const logicalVolume = object(
  { name: volumeName, base: word("Volume group") },
  {
    size,
    extents: word("Share such as `100%FREE` or `20%VG`"),
    options,
    type: oneOf(["thin", "thin-pool"], { description: "Thin volumes" }),
    "thin-pool": word("Thin pool the volume is taken from"),
  },
  { description: "A logical volume" },
);
const lvm = object(
  {
    pvs: listOf(physicalVolume, { minItems: 1 }),
    vgs: listOf(volumeGroup, { minItems: 1 }),
    lvs: listOf(logicalVolume, { minItems: 1 }),
  },
  {
    name: node.name,
    base: either([text(), listOf(text())], { description: "Partitions the physical volumes lie on" }),
  },
  { description: "Logical volumes" },
);

const partition = object(
  { name: word("Name of the partition"), size: partitionSize },
  {
    base: node.base,
    type: either([text(), wholeNumber()], {
      description: "Hexadecimal type: for MBR such as `'0x41'`, for GPT such as `'EF00'`; quote it",
    }),
    flags: listOf(oneOf(["boot", "primary"], { description: "For MBR only" })),
    mkfs: refer("mkfs", mkfs),
    lvm: refer("lvm", lvm),
  },
  { description: "A partition" },
);

const partitioning = object(
  {
    label: oneOf(["mbr", "gpt"], { description: "Kind of partition table" }),
    partitions: listOf(partition, { minItems: 1, description: "Partitions in the order they lie on the disk" }),
  },
  { ...node, align: size },
  { description: "A partition table" },
);

const localLoop = object(
  { name: word("Name of the image; the first one is `image0`") },
  {
    size,
    directory: word("Directory of the raw file (default that of the build)"),
    block_size: either([wholeNumber(), text()], { description: "Sector size: 512 or 4096" }),
    partitioning: refer("partitioning", partitioning),
    mkfs: refer("mkfs", mkfs),
    lvm: refer("lvm", lvm),
  },
  { description: "A raw image file behind a loop device" },
);

/** Every kind of node, by its key. */
const nodes = { local_loop: localLoop, partitioning, lvm, mkfs, mount, fstab };
type Nodes = typeof nodes;

const references: JsonSchema = Object.fromEntries(
  Object.entries(nodes).map(([kind, shape]) => [kind, refer<unknown>(kind, shape)]),
);

/** One item of the list: exactly one node. */
const item: Shape<{ [K in keyof Nodes]: { readonly [P in K]: TypeOf<Nodes[K]> } }[keyof Nodes]> = {
  type: "object",
  properties: references,
  additionalProperties: false,
  minProperties: 1,
  maxProperties: 1,
};

/** `block-device-*.yaml` and `DIB_BLOCK_DEVICE_CONFIG`, in tree or in digraph notation. */
export const blockDeviceSchema = listOf(item, {
  $schema: "http://json-schema.org/draft-07/schema#",
  title: "block-device configuration of a diskimage-builder element",
  description:
    "The disk of the image: a list of nodes, which may be nested (tree) or refer to a base by name (digraph)",
  minItems: 1,
  definitions: nodes,
});

export type BlockDeviceDocument = TypeOf<typeof blockDeviceSchema>;
export type BlockDeviceItem = BlockDeviceDocument[number];
