/** A size upstream understands: a number with a unit, bytes without one. */
export type BlockDeviceSize = number | `${number}` | `${number}${"" | " "}${SizeUnit}`;
type SizeUnit = "B" | "KiB" | "MiB" | "GiB" | "TiB" | "K" | "KB" | "M" | "MB" | "G" | "GB" | "T" | "TB";

/** A mount point's line in /etc/fstab. */
export interface FstabSpec {
  /** What other entries refer to it by; made from its base and kind unless stated. `"root"` */
  readonly name?: string;
  /** Name of what it stands on; the entry around it unless stated. `"image0"` */
  readonly base?: string;
  /** Mount options; `defaults` unless stated. `"noatime,discard"` */
  readonly options?: string;
  /** Days between dumps; `0`, never, unless stated. */
  readonly "dump-freq"?: number;
  /** Order of checks at boot; `2` unless stated, `1` for the root filesystem. */
  readonly "fsck-passno"?: number;
}

/** Where a filesystem is mounted. */
export interface MountSpec {
  /** What other entries refer to it by; made from its base and kind unless stated. `"root"` */
  readonly name?: string;
  /** Name of what it stands on; the entry around it unless stated. `"image0"` */
  readonly base?: string;
  /** Absolute path in the image: `"/boot/efi"`. */
  readonly mount_point: string;
  /** Its line in /etc/fstab; none unless stated. */
  readonly fstab?: FstabSpec;
}

/** A filesystem to make. */
export interface MkfsSpec {
  /** What other entries refer to it by; made from its base and kind unless stated. `"root"` */
  readonly name?: string;
  /** Name of what it stands on; the entry around it unless stated. `"image0"` */
  readonly base?: string;
  /** `ext4`, `xfs`, `vfat`, `swap` …; for the root filesystem, `mkfs_root`, what `FS_TYPE` says unless stated. */
  readonly type?: string;
  /** Label of the filesystem; its name unless stated. At most 16 characters on ext4, 12 on XFS, 11 on FAT. */
  readonly label?: string;
  /** Options of mkfs: `"-i 16384"`. */
  readonly opts?: string;
  /** UUID of the filesystem; a new one unless stated. */
  readonly uuid?: string;
  /** Where it is mounted; nowhere unless stated. */
  readonly mount?: MountSpec;
}

/** A partition of a table. */
export interface PartitionSpec {
  /** What other entries refer to it by: `"root"`. */
  readonly name: string;
  /** An absolute size, `"512MiB"`, or a percentage of what is left, `"100%"`. */
  readonly size: BlockDeviceSize | `${number}%`;
  /** MBR: a hexadecimal type such as `0x83`. GPT: a code such as `EF00`. */
  readonly type?: string | number;
  /** MBR: the partition to boot from, and whether it is a primary one; neither unless stated. */
  readonly flags?: readonly ("boot" | "primary")[];
  /** The filesystem on it; none unless stated. */
  readonly mkfs?: MkfsSpec;
}

/** A partition table. */
export interface PartitioningSpec {
  /** What other entries refer to it by. */
  readonly name?: string;
  /** Name of the device it is written to: `"image0"`. */
  readonly base: string;
  /** Kind of the table. */
  readonly label: "mbr" | "gpt";
  /** Where partitions may begin; `"1MiB"` unless stated. */
  readonly align?: BlockDeviceSize;
  /** In the order they lie on the disk. */
  readonly partitions: readonly PartitionSpec[];
}

/** A file that is the disk. */
export interface LocalLoopSpec {
  /** What other entries refer to it by: `"image0"`. */
  readonly name: string;
  /** Size of the disk, `"5GiB"`; computed from the content unless stated. */
  readonly size?: BlockDeviceSize;
  /** Directory of the file; that of the build unless stated. */
  readonly directory?: string;
  /** Bytes of a sector; 512 unless stated. */
  readonly block_size?: 512 | 4096;
  /** The filesystem on the whole disk, when it has no partitions. */
  readonly mkfs?: MkfsSpec;
  /** The partition table on it. */
  readonly partitioning?: Omit<PartitioningSpec, "base">;
}

/** Physical volumes, volume groups and logical volumes of LVM. */
export interface LvmSpec {
  /** What other entries refer to it by: `"lvm"`. */
  readonly name: string;
  /** Names of the devices its physical volumes stand on. */
  readonly base?: readonly string[];
  /** Physical volumes: `[{ name: "pv", base: "root", options: ["--force"] }]`. */
  readonly pvs: readonly { readonly name: string; readonly base: string; readonly options?: readonly string[] }[];
  /** Volume groups: `[{ name: "vg", base: ["pv"] }]`. */
  readonly vgs: readonly {
    readonly name: string;
    readonly base: readonly string[];
    readonly options?: readonly string[];
  }[];
  /** Logical volumes: `[{ name: "lv_root", base: "vg", size: "1800M" }]`. */
  readonly lvs: readonly LogicalVolumeSpec[];
}

/** A logical volume of LVM. */
export interface LogicalVolumeSpec {
  /** What other entries refer to it by: `"lv_root"`. */
  readonly name: string;
  /** Name of its volume group. */
  readonly base: string;
  /** Its size, `"1800M"`; this or `extents`. */
  readonly size?: BlockDeviceSize;
  /** Instead of `size`, such as `57%VG`. */
  readonly extents?: string;
  /** Words of `lvcreate` besides: `["--wipesignatures", "n"]`. */
  readonly options?: readonly string[];
  /** A thin volume, or the pool that such take their space from. */
  readonly type?: "thin" | "thin-pool";
  /** Name of the pool of a thin volume. */
  readonly "thin-pool"?: string;
}

/** One entry of a block-device configuration: exactly one kind of node. */
export type BlockDeviceNodeSpec =
  | {
      /** A file that is the disk. */
      readonly local_loop: LocalLoopSpec;
    }
  | {
      /** A partition table on a device. */
      readonly partitioning: PartitioningSpec;
    }
  | {
      /** Volumes of LVM. */
      readonly lvm: LvmSpec;
    }
  | {
      /** A filesystem on a device. */
      readonly mkfs: MkfsSpec;
    }
  | {
      /** Where a filesystem is mounted. */
      readonly mount: MountSpec;
    }
  | {
      /** A line of /etc/fstab. */
      readonly fstab: FstabSpec;
    };

/** A block-device configuration in upstream's tree notation; bases may also be named, as in its digraph notation. */
export type BlockDeviceTreeSpec = readonly BlockDeviceNodeSpec[];
