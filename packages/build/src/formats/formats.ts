import aci from "./aci.js";
import docker from "./docker.js";
import type { FormatUnit } from "./format.js";
import oci from "./oci.js";
import qcow2 from "./qcow2.js";
import raw from "./raw.js";
import squashfs from "./squashfs.js";
import tar from "./tar.js";
import tgz from "./tgz.js";
import vdi from "./vdi.js";
import vhd from "./vhd.js";
import vhdx from "./vhdx.js";
import vmdk from "./vmdk.js";

/** Every output format, by name. */
export const FORMATS: readonly FormatUnit[] = [aci, docker, oci, qcow2, raw, squashfs, tar, tgz, vdi, vhd, vhdx, vmdk];
