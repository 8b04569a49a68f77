import type { DiskWay } from "../job/disk-way.js";
import type { DiskAssembler } from "./disk-assembler.js";
import { filesAssembler } from "./files/files-assembler.js";
import { loopAssembler } from "./loop-assembler.js";

/** Every way to make a disk. */
export const DISK_ASSEMBLERS: Readonly<Record<DiskWay, DiskAssembler>> = {
  loop: loopAssembler,
  files: filesAssembler,
};
