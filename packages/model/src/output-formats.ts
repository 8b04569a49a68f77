/** Formats that upstream writes. */
const UPSTREAM_FORMATS = ["qcow2", "tar", "tgz", "squashfs", "vhd", "docker", "aci", "raw"] as const;

/** Formats that an image can be written in: upstream's, then those that only dibkit writes. */
export const OUTPUT_FORMATS = [...UPSTREAM_FORMATS, "oci", "vdi", "vhdx", "vmdk"] as const;

export type OutputFormat = (typeof OUTPUT_FORMATS)[number];
