import type { NodeKind } from "../node-kind.js";
import fstab from "./fstab.js";
import localLoop from "./local-loop.js";
import lvm from "./lvm.js";
import mkfs from "./mkfs.js";
import mount from "./mount.js";
import partitioning from "./partitioning.js";

/** Every kind of block-device entry. */
export const NODE_KINDS: readonly NodeKind[] = [localLoop, partitioning, lvm, mkfs, mount, fstab];
