import { uniqueTools } from "@dibkit/exec";
import { checkDiskHost, createDisk, diskTools, reopenDisk } from "./create-disk.js";
import type { DiskAssembler } from "./disk-assembler.js";
import { rewriteTools } from "./rewrite-tools.js";

/** Disks on loop devices: the kernel writes partitions and filesystems, and scripts see real ones. */
export const loopAssembler: DiskAssembler = {
  way: "loop",
  tools: (plan, repeatable) => uniqueTools([...diskTools(plan), ...(repeatable ? rewriteTools(plan) : [])]),
  check: checkDiskHost,
  keeps: "filled",
  open: createDisk,
  reopen: reopenDisk,
};
