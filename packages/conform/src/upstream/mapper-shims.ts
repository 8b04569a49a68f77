import { KPARTX_SCRIPT } from "./shims/kpartx-sh.js";

/**
 * Stand in for device-mapper's programs where the kernel has none of it. In a container upstream also calls
 * `dmsetup mknodes`, for nodes that are links to those of the kernel here.
 */
export const MAPPER_SHIMS: Readonly<Record<string, string>> = {
  kpartx: KPARTX_SCRIPT,
  dmsetup: "#!/bin/bash\nexit 0\n",
};
