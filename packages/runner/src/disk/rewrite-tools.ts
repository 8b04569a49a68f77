import { type HostTool, uniqueTools } from "@dibkit/exec";
import type { DiskPlan } from "@dibkit/model";
import { isFat } from "./fat-tree.js";
import { isExtended } from "./rewritable-filesystem.js";

/** Host programs that `rewriteDisk` needs besides those that made the disk. */
export function rewriteTools(plan: DiskPlan): readonly HostTool[] {
  const purpose = "write filesystems the same way in every build, as SOURCE_DATE_EPOCH asks";
  const from = (debianPackage: string, programs: readonly string[]) =>
    programs.map((program) => ({ program, debianPackage, purpose }));
  return uniqueTools(
    plan.nodes.flatMap((node) => {
      if (node.kind !== "mkfs") return [];
      if (isFat(node.type)) return from("mtools", ["mcopy", "mmd"]);
      return isExtended(node.type) ? from("e2fsprogs", ["debugfs", "dumpe2fs", "e2fsck", "lsattr"]) : [];
    }),
  );
}
