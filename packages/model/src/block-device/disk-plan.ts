/** What the builder knows beyond the configuration itself. */
export interface DiskParameters {
  /** Bytes of every disk without a size of its own; leave out while the tree is not built yet. */
  readonly imageBytes?: number;
  /** `FS_TYPE`: type of the filesystem named `mkfs_root` when it has none; default `ext4`. */
  readonly rootFilesystem?: string;
  /** `--root-label`: label of `mkfs_root` when it has none. */
  readonly rootLabel?: string;
  /** Options of `mkfs_root` when it has none, as one text (`rootMkfsOptions` makes it). */
  readonly rootMkfsOptions?: string;
  /** `DIB_BLOCK_SIZE`: sector size that wins over the configuration's. */
  readonly blockSize?: number;
  /** Sizes of logical volumes are those of partitions, of which whole extents are taken; else lvcreate reads them. */
  readonly volumeSizesInUnits?: boolean;
  /** Makes filesystem UUIDs and disk signatures the same with the same seed (see `planSeededDisk`); random without it. */
  readonly seed?: string;
}

export interface DiskImageNode {
  readonly kind: "local-loop";
  readonly name: string;
  /** Null until the size of the tree is known. */
  readonly bytes: number | null;
  readonly blockSize: number;
  /** Where the raw file goes instead of the builder's image directory. */
  readonly directory: string | null;
}

export interface PlannedPartition {
  readonly name: string;
  readonly number: number;
  /** As written: `0x83` style number for MBR, sgdisk type code for GPT. */
  readonly type: string;
  readonly bootable: boolean;
  readonly primary: boolean;
  /** In sectors of 512 bytes (MBR) or null for GPT, where sgdisk aligns. */
  readonly start: number | null;
  readonly bytes: number | null;
  /** GPT partition UUID; null: random when it is made. */
  readonly uuid: string | null;
}

export interface PartitionTableNode {
  readonly kind: "partition-table";
  readonly name: string;
  readonly base: string;
  readonly label: string;
  readonly alignment: number;
  /** UUID of the table; an MBR has its first 32 bits as disk signature. Null: random when it is made. */
  readonly uuid: string | null;
  readonly partitions: readonly PlannedPartition[];
}

export interface PartitionNode {
  readonly kind: "partition";
  readonly name: string;
  readonly base: string;
  readonly number: number;
}

export interface LvmNode {
  readonly kind: "lvm";
  readonly name: string;
  readonly physicalVolumes: readonly {
    readonly name: string;
    readonly base: string;
    readonly options: readonly string[];
  }[];
  readonly volumeGroups: readonly {
    readonly name: string;
    readonly base: readonly string[];
    readonly options: readonly string[];
  }[];
  readonly logicalVolumes: readonly {
    readonly name: string;
    readonly base: string;
    /** In lvcreate's words. */
    readonly size: string | null;
    readonly extents: string | null;
    readonly type: string | null;
    readonly thinPool: string | null;
    readonly options: readonly string[];
  }[];
}

export interface FilesystemNode {
  readonly kind: "mkfs";
  readonly name: string;
  readonly base: string;
  readonly type: string;
  readonly label: string;
  readonly options: readonly string[];
  /** Null: random when it is made. */
  readonly uuid: string | null;
}

export interface MountNode {
  readonly kind: "mount";
  readonly name: string;
  readonly base: string;
  readonly mountPoint: string;
}

export interface FstabNode {
  readonly kind: "fstab";
  readonly name: string;
  readonly base: string;
  readonly options: string;
  readonly dumpFrequency: string;
  readonly checkPass: string;
}

export type DiskPlanNode =
  | DiskImageNode
  | PartitionTableNode
  | PartitionNode
  | LvmNode
  | FilesystemNode
  | MountNode
  | FstabNode;

/** Everything that will be made on disk, in order, as JSON. */
export interface DiskPlan {
  /** Path of the configuration file, or the variable it came from. */
  readonly source: string;
  readonly nodes: readonly DiskPlanNode[];
  /** Text of `/etc/fstab`. */
  readonly fstab: string;
  /** `DIB_ROOT_LABEL`, `DIB_ROOT_FSTYPE`, `DIB_BOOT_LABEL` and `DIB_MOUNTPOINTS` for the scripts of every phase. */
  readonly environment: Readonly<Record<string, string>>;
}
