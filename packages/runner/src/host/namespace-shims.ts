import { DEVICE_MARK } from "./device-placeholders.js";
import { PTS_OPTIONS } from "./kernel-mounts.js";
import { DEBOOTSTRAP_SCRIPT } from "./shims/debootstrap-sh.js";
import { MKNOD_SCRIPT } from "./shims/mknod-sh.js";
import { MOUNT_SCRIPT } from "./shims/mount-sh.js";
import { REAL_PROGRAMS_SCRIPT } from "./shims/real-programs-sh.js";
import { UMOUNT_SCRIPT } from "./shims/umount-sh.js";

const FIRST_LINE = "#!/bin/bash\n";
const standIn = (script: string) => `${REAL_PROGRAMS_SCRIPT}${script.slice(FIRST_LINE.length)}`;

/** Programs that scripts of the host get in a user namespace in place of those of the machine, by name. */
export const NAMESPACE_SHIMS: Readonly<Record<string, string>> = {
  mount: standIn(MOUNT_SCRIPT).replaceAll("$DIBKIT_PTS_OPTIONS", PTS_OPTIONS),
  umount: standIn(UMOUNT_SCRIPT),
  mknod: standIn(MKNOD_SCRIPT).replaceAll("$DIBKIT_DEVICE_MARK", DEVICE_MARK),
  debootstrap: standIn(DEBOOTSTRAP_SCRIPT),
};
