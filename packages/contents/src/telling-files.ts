import { isPackageData } from "./packages/installed-packages.js";

/** Files whose content the commands of this folder look into; an archive keeps only these. */
export function isTelling(path: string): boolean {
  return (
    isPackageData(path) ||
    /^\/etc\/(default\/grub(\.d\/[^/]+)?|kernel\/cmdline)$/.test(path) ||
    /^\/boot\/(grub2?\/grub\.cfg|loader\/entries\/[^/]+\.conf|extlinux\/extlinux\.conf)$/.test(path)
  );
}
