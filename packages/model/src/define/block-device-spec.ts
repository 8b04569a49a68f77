/** A size upstream understands: a number with a unit, bytes without one. */
export type BlockDeviceSize = number | `${number}` | `${number}${"" | " "}${SizeUnit}`;
type SizeUnit = "B" | "KiB" | "MiB" | "GiB" | "TiB" | "K" | "KB" | "M" | "MB" | "G" | "GB" | "T" | "TB";

/** A mount point's line in /etc/fstab. */
export interface FstabSpec {
  readonly name?: string;
  readonly base?: string;
  readonly options?: string;
  readonly "dump-freq"?: number;
  readonly "fsck-passno"?: number;
}

export interface MountSpec {
  readonly name?: string;
  readonly base?: string;
  readonly mount_point: string;
  readonly fstab?: FstabSpec;
}

export interface MkfsSpec {
  readonly name?: string;
  readonly base?: string;
  /** `ext4`, `xfs`, `vfat`, `swap` … */
  readonly type?: string;
  readonly label?: string;
  readonly opts?: string;
  readonly uuid?: string;
  readonly mount?: MountSpec;
}

export interface PartitionSpec {
  readonly name: string;
  /** An absolute size, or a percentage of what is left. */
  readonly size: BlockDeviceSize | `${number}%`;
  /** MBR: a hexadecimal type such as `0x83`. GPT: a code such as `EF00`. */
  readonly type?: string | number;
  readonly flags?: readonly ("boot" | "primary")[];
  readonly mkfs?: MkfsSpec;
}

export interface PartitioningSpec {
  readonly name?: string;
  readonly base: string;
  readonly label: "mbr" | "gpt";
  readonly align?: BlockDeviceSize;
  readonly partitions: readonly PartitionSpec[];
}

export interface LocalLoopSpec {
  readonly name: string;
  readonly size?: BlockDeviceSize;
  readonly directory?: string;
  readonly block_size?: 512 | 4096;
  readonly mkfs?: MkfsSpec;
  readonly partitioning?: Omit<PartitioningSpec, "base">;
}

export interface LvmSpec {
  readonly name: string;
  readonly base?: readonly string[];
  readonly pvs: readonly { readonly name: string; readonly base: string; readonly options?: readonly string[] }[];
  readonly vgs: readonly {
    readonly name: string;
    readonly base: readonly string[];
    readonly options?: readonly string[];
  }[];
  readonly lvs: readonly LogicalVolumeSpec[];
}

export interface LogicalVolumeSpec {
  readonly name: string;
  readonly base: string;
  readonly size?: BlockDeviceSize;
  /** Instead of `size`, such as `57%VG`. */
  readonly extents?: string;
  readonly options?: readonly string[];
  readonly type?: "thin" | "thin-pool";
  readonly "thin-pool"?: string;
}

/** One entry of a block-device configuration: exactly one kind of node. */
export type BlockDeviceNodeSpec =
  | { readonly local_loop: LocalLoopSpec }
  | { readonly partitioning: PartitioningSpec }
  | { readonly lvm: LvmSpec }
  | { readonly mkfs: MkfsSpec }
  | { readonly mount: MountSpec }
  | { readonly fstab: FstabSpec };

/** A block-device configuration in upstream's tree notation; bases may also be named, as in its digraph notation. */
export type BlockDeviceTreeSpec = readonly BlockDeviceNodeSpec[];
