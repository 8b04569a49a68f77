import { basename } from "node:path";

/** Whether dibkit was started by a name that ends like upstream's program: `dibkit-image-create`, `ramdisk-image-create` … */
export function isImageCreate(program: string): boolean {
  return /(^|-)(image|disk-image|ramdisk-image)-create(\.js)?$/.test(basename(program));
}
