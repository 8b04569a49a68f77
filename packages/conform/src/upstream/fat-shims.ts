import { MOUNT_SCRIPT } from "./shims/mount-sh.js";
import { UMOUNT_SCRIPT } from "./shims/umount-sh.js";

/** Stand in for `mount` and `umount` where the kernel has no FAT driver, as dibkit's own disks do. */
export const FAT_SHIMS: Readonly<Record<string, string>> = { mount: MOUNT_SCRIPT, umount: UMOUNT_SCRIPT };
