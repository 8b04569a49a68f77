import type { DiskSnapshot } from "@dibkit/contents";
import { compareValues } from "./compare-values.js";
import type { Difference } from "./difference.js";

/** A disk this much larger or smaller still has the size of the same content. */
const SIZE_TOLERANCE = 0.02;

const SIZE_REASON =
  "the size follows what du counts, and directories of a layered tree take other blocks than those of a plain one";

/** Differences of two disk images, their trees left out. */
export function compareDisks(upstream: DiskSnapshot, dibkit: DiskSnapshot): readonly Difference[] {
  const sizes = [upstream, dibkit].map((disk) => Number(disk.partitions.get("disk size")));
  const [theirs = 0, ours = 0] = sizes;
  const sameSize = Math.abs(theirs - ours) <= SIZE_TOLERANCE * theirs;
  return [
    ...compareValues("partitions", upstream.partitions, dibkit.partitions, (subject) =>
      sameSize && / size$/.test(subject) && !subject.startsWith("table") ? SIZE_REASON : undefined,
    ),
    ...compareValues("filesystems", upstream.filesystems, dibkit.filesystems, (subject, one, other) => {
      if (one === null || other === null) return undefined;
      if (/ UUID$| PARTUUID$|PTUUID$/.test(subject))
        return "UUIDs are random; dibkit derives them from the image's name";
      if (/ journal features$/.test(subject) && other === "(none)") {
        return "the kernel notes them when it first mounts the filesystem, and one that was written from files never was";
      }
      if (sameSize && / (inode count|block count|reserved gdt blocks|FSSIZE|FSLASTBLOCK)$/.test(subject)) {
        return SIZE_REASON;
      }
      return undefined;
    }),
  ];
}
