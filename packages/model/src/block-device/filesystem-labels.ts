import type { BlockDeviceEntry } from "./block-device-entry.js";
import type { Report } from "./finding.js";

/** Longest label each filesystem stores; others are not checked. */
const LABEL_LIMITS: Readonly<Record<string, number>> = {
  ext2: 16,
  ext3: 16,
  ext4: 16,
  xfs: 12,
  vfat: 11,
  fat: 11,
  swap: 16,
  btrfs: 255,
};

/** The filesystem that `FS_TYPE`, `--root-label` and `--mkfs-options` are about. */
export const ROOT_FILESYSTEM = "mkfs_root";

/** Upstream's historical default is too long for xfs. */
export function defaultRootLabel(type: unknown): string {
  return type === "xfs" ? "img-rootfs" : "cloudimg-rootfs";
}

/** Type and label of a filesystem; the label is its name when none is given, and upper case on FAT. */
export function filesystemOf(entry: BlockDeviceEntry): { readonly type: string | undefined; readonly label: string } {
  const { values, name } = entry;
  const isRoot = name === ROOT_FILESYSTEM;
  const type = typeof values.type === "string" ? values.type : isRoot ? "ext4" : undefined;
  const label = typeof values.label === "string" ? values.label : isRoot ? defaultRootLabel(type) : name;
  return { type, label: type === "vfat" || type === "fat" ? label.toUpperCase() : label };
}

/** Labels that are too long for their filesystem, or used twice. */
export function checkLabels(entries: readonly BlockDeviceEntry[], report: Report): void {
  const seen = new Map<string, BlockDeviceEntry>();
  for (const entry of entries.filter(({ kind }) => kind === "mkfs")) {
    const { type, label } = filesystemOf(entry);
    const own = "label" in entry.values;
    const location = entry.locate([own ? "label" : "name"]);
    const limit = LABEL_LIMITS[type ?? ""] ?? Number.POSITIVE_INFINITY;
    if (label.length > limit) {
      report(
        "label-too-long",
        `label "${label}" has ${label.length} characters but ${type} stores ${limit}`,
        location,
        {
          help: own ? "shorten the label" : 'add a shorter "label"; the name of the entry is used when there is none',
        },
      );
    }
    const first = seen.get(label);
    if (first === undefined) seen.set(label, entry);
    else {
      report("duplicate-label", `mkfs "${entry.name}" has the label "${label}" of mkfs "${first.name}"`, location, {
        help: "give every filesystem a label of its own",
        related: [{ message: "first used here", location: first.locate(["label"]) }],
      });
    }
  }
}
