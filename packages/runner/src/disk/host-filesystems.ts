import { readFileSync } from "node:fs";
import { release } from "node:os";

/** Text of a file of the kernel or host; empty when it cannot be read. */
export function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

/** Whether the kernel can mount FAT: its driver is there, or a module that `mount` will load. */
export function kernelKnowsFat(): boolean {
  const modules = `/lib/modules/${release()}`;
  return (
    /^\s*vfat$/m.test(readText("/proc/filesystems")) ||
    /\/vfat\.ko/.test(readText(`${modules}/modules.dep`) + readText(`${modules}/modules.builtin`))
  );
}
