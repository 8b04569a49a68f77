import { type Static, type TProperties, type TSchema, Type } from "@sinclair/typebox";
import { eitherType } from "./shape.js";

const text = (description: string) => Type.Optional(Type.String({ minLength: 1, description }));
const closed = <const P extends TProperties>(properties: P, description: string) =>
  Type.Object(properties, { additionalProperties: false, description });

/** A place where a shared definition stands, so that the schema says each kind of node once. */
const refer = <const T extends TSchema>(kind: string, _: T) =>
  Type.Optional(Type.Unsafe<Static<T>>({ $ref: `#/definitions/${kind}` }));

const name = text("Name of the node, by which others refer to it; made up from the kind and the base when left out");
const base = text("Name of the node this one lies on; the surrounding node when nested in one");
const size = Type.String({
  pattern: "^[\\d.]* ?([TGMK](iB|B)?|B)?$",
  description: "Size; T, G, M and K are powers of 1000",
  examples: ["8MiB", "40G", "1.5GiB"],
});
const partitionSize = Type.String({
  pattern: "^(\\d+(\\.\\d*)?%|[\\d.]* ?([TGMK](iB|B)?|B)?)$",
  description: "Size, or a share of the space that is still free",
  examples: ["8MiB", "40G", "100%"],
});

const fstab = closed(
  {
    name,
    base,
    options: text("Mount options (default `defaults`)"),
    "dump-freq": Type.Optional(Type.Integer({ minimum: 0, description: "For dump(8) (default 0)" })),
    "fsck-passno": Type.Optional(Type.Integer({ minimum: 0, description: "Order of fsck(8) at boot (default 2)" })),
  },
  "A line of /etc/fstab",
);

const mount = closed(
  {
    name,
    base,
    mount_point: Type.String({ minLength: 1, description: "Where the filesystem is mounted, such as `/`" }),
    fstab: refer("fstab", fstab),
  },
  "Where a filesystem is mounted in the image",
);

const mkfs = closed(
  {
    name,
    base,
    type: text("Filesystem, such as `ext4`, `xfs` or `vfat` (default that of the image)"),
    label: text("Label, unique in the image (default the node's name)"),
    opts: text("More options for mkfs, separated by spaces"),
    uuid: text("UUID of the filesystem (default random)"),
    mount: refer("mount", mount),
    fstab: refer("fstab", fstab),
  },
  "A filesystem",
);

const names = (description: string) => Type.Array(Type.String(), { minItems: 1, description });
const options = Type.Optional(Type.Array(Type.String(), { description: "Options for the LVM command" }));
const volumeName = Type.String({ minLength: 1, description: "Name, unique in the image" });

const lvm = closed(
  {
    name,
    base: Type.Optional(
      eitherType([Type.String(), names("")], { description: "Partitions the physical volumes lie on" }),
    ),
    pvs: Type.Array(closed({ name: volumeName, base: Type.String(), options }, "A physical volume"), { minItems: 1 }),
    vgs: Type.Array(closed({ name: volumeName, base: names("Physical volumes"), options }, "A volume group"), {
      minItems: 1,
    }),
    lvs: Type.Array(
      closed(
        {
          name: volumeName,
          base: Type.String({ description: "Volume group" }),
          size: Type.Optional(size),
          extents: text("Share such as `100%FREE` or `20%VG`"),
          options,
          type: Type.Optional(
            Type.Unsafe<"thin" | "thin-pool">({
              type: "string",
              enum: ["thin", "thin-pool"],
              description: "Thin volumes",
            }),
          ),
          "thin-pool": text("Thin pool the volume is taken from"),
        },
        "A logical volume",
      ),
      { minItems: 1 },
    ),
  },
  "Logical volumes",
);

const partition = closed(
  {
    name: Type.String({ minLength: 1, description: "Name of the partition" }),
    base,
    size: partitionSize,
    type: Type.Optional(
      eitherType([Type.String(), Type.Integer()], {
        description: "Hexadecimal type: for MBR such as `'0x41'`, for GPT such as `'EF00'`; quote it",
      }),
    ),
    flags: Type.Optional(
      Type.Array(
        Type.Unsafe<"boot" | "primary">({ type: "string", enum: ["boot", "primary"], description: "For MBR only" }),
      ),
    ),
    mkfs: refer("mkfs", mkfs),
    lvm: refer("lvm", lvm),
  },
  "A partition",
);

const partitioning = closed(
  {
    name,
    base,
    label: Type.Unsafe<"mbr" | "gpt">({ type: "string", enum: ["mbr", "gpt"], description: "Kind of partition table" }),
    align: Type.Optional(size),
    partitions: Type.Array(partition, { minItems: 1, description: "Partitions in the order they lie on the disk" }),
  },
  "A partition table",
);

const localLoop = closed(
  {
    name: Type.String({ minLength: 1, description: "Name of the image; the first one is `image0`" }),
    size: Type.Optional(size),
    directory: text("Directory of the raw file (default that of the build)"),
    block_size: Type.Optional(
      Type.Unsafe<number | string>({ type: ["integer", "string"], description: "Sector size: 512 or 4096" }),
    ),
    partitioning: refer("partitioning", partitioning),
    mkfs: refer("mkfs", mkfs),
    lvm: refer("lvm", lvm),
  },
  "A raw image file behind a loop device",
);

/** Every kind of node, by its key. */
const nodes = { local_loop: localLoop, partitioning, lvm, mkfs, mount, fstab };

const references = Object.fromEntries(Object.keys(nodes).map((kind) => [kind, { $ref: `#/definitions/${kind}` }]));

/** One item of the list: exactly one node. */
const item = Type.Unsafe<
  { [K in keyof typeof nodes]: { readonly [P in K]: Static<(typeof nodes)[K]> } }[keyof typeof nodes]
>({ type: "object", additionalProperties: false, minProperties: 1, maxProperties: 1, properties: references });

/** `block-device-*.yaml` and `DIB_BLOCK_DEVICE_CONFIG`, in tree or in digraph notation. */
export const blockDeviceSchema = Type.Array(item, {
  $schema: "http://json-schema.org/draft-07/schema#",
  title: "block-device configuration of a diskimage-builder element",
  description:
    "The disk of the image: a list of nodes, which may be nested (tree) or refer to a base by name (digraph)",
  minItems: 1,
  definitions: nodes,
});

export type BlockDeviceDocument = Static<typeof blockDeviceSchema>;
export type BlockDeviceItem = BlockDeviceDocument[number];
