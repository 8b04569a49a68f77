import type { Stats } from "node:fs";

/**
 * Whether a file of a layer says that what is below it is gone: a character device 0:0, as overlayfs has it, or 0:1,
 * which dibkit makes where overlayfs allows no other. No driver has the major number 0.
 */
export function isWhiteout(status: Stats): boolean {
  return status.isCharacterDevice() && status.rdev <= 1;
}
