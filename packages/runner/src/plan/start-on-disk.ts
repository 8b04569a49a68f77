import { KERNEL_MOUNTS } from "../host/record-mounts.js";
import type { EnvironmentValues } from "../job/environment-values.js";
import type { ImageState } from "../job/layer.js";

/**
 * The state that the first script on a disk finds, with `hash` for what is on it. The hooks and host files are those of the
 * tree: scripts of extra-data.d may have left some for these phases.
 */
export function stateOnDisk(tree: ImageState, hash: string): ImageState {
  return { ...tree, hash, root: [], mounts: KERNEL_MOUNTS };
}

/**
 * Variables of scripts on a disk of so many bytes, with those that name its devices. Upstream replaces the size in GB that
 * was asked for, if any, by that of the image in KiB.
 */
export function environmentOnDisk(
  base: EnvironmentValues,
  devices: Readonly<Record<string, string>>,
  bytes: number,
): EnvironmentValues {
  return { ...base, ...devices, DIB_IMAGE_SIZE: String(bytes / 1024) };
}
