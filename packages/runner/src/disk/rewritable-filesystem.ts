import { open } from "node:fs/promises";
import { join } from "node:path";
import type { MadeFilesystem } from "./disk-node.js";
import { isFat } from "./fat-tree.js";
import { exists } from "./loop-device.js";

const BOOT_CODE_BYTES = 512;

/** Files that boot loaders find by the numbers of their blocks, from the root of a filesystem. */
const BLOCK_LISTED = ["ldlinux.sys", "syslinux/ldlinux.sys", "bootmap", "boot/bootmap"];

/** Why a filesystem cannot be made anew from its files, byte for byte; undefined when it can. */
export async function whyNotRewritten(
  filesystem: MadeFilesystem,
  mountPoint: string | undefined,
): Promise<string | undefined> {
  const { type } = filesystem;
  // mkswap writes nothing but what it is told, so a copy will do.
  if (type === "swap") return undefined;
  if (mountPoint === undefined) return "it is not mounted, so its files are not known";
  if (!isExtended(type) && !isFat(type)) return `mkfs.${type} puts times and random numbers into it`;
  return whyBoundToBlocks(filesystem, mountPoint);
}

/** What in a filesystem is found by the numbers of its blocks, which another writing changes; undefined: nothing. */
export async function whyBoundToBlocks(
  { type, device }: Pick<MadeFilesystem, "type" | "device">,
  mountPoint: string,
): Promise<string | undefined> {
  if (isExtended(type) && (await hasBootCode(device))) return "boot code in it finds files by their blocks";
  for (const name of BLOCK_LISTED) {
    if (await exists(join(mountPoint, name))) return `the boot loader finds "${name}" by its blocks`;
  }
  return undefined;
}

export function isExtended(type: string): boolean {
  return /^ext[234]$/.test(type);
}

/** Ext filesystems leave their first kilobyte to a boot loader; FAT has code there from the beginning. */
async function hasBootCode(device: string): Promise<boolean> {
  const file = await open(device, "r");
  try {
    const { buffer } = await file.read(Buffer.alloc(BOOT_CODE_BYTES), 0, BOOT_CODE_BYTES, 0);
    return buffer.some((byte) => byte !== 0);
  } finally {
    await file.close();
  }
}
