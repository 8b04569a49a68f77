import { compareVersions } from "./compare-versions.js";

/** What diskimage-builder does otherwise from a version on: the first that does, and what it is. */
export const UPSTREAM_CHANGES = {
  rootLabelVariable: { since: "3.23.1", what: "reads ROOT_LABEL where --root-label is not given" },
  checksumList: { since: "3.31", what: "takes DIB_CHECKSUM as a list of md5 and sha256" },
  installBeatsRemoval: {
    since: "3.31",
    what: "keeps a package that one element installs and another removes in the same phase",
  },
  volumeSizesInUnits: { since: "3.23", what: "reads sizes of LVM volumes as those of partitions" },
  bootLabelVariable: { since: "3.28", what: "exports DIB_BOOT_LABEL" },
  blockSize: { since: "3.34", what: "reads DIB_BLOCK_SIZE and block_size" },
  containerRuntimeVariable: { since: "3.20", what: "reads DIB_CONTAINERFILE_RUNTIME" },
  ownForeignDebootstrap: {
    since: "3.38",
    what: "lets debootstrap itself make a root of another architecture, without qemu-debootstrap",
  },
} as const satisfies Readonly<Record<string, { readonly since: string; readonly what: string }>>;

export type UpstreamChange = keyof typeof UPSTREAM_CHANGES;

/** What to do where diskimage-builder is missing, for the help of messages. */
export const INSTALL_UPSTREAM =
  'install it, for instance with "apt-get install python3-diskimage-builder" or "pip install diskimage-builder"';

/**
 * Whether a version of diskimage-builder, such as `3.13.0`, has a change. A version that cannot be told is a checkout of
 * the development branch, which has them all.
 */
export function upstreamHas(change: UpstreamChange, version: string | undefined): boolean {
  return version === undefined || compareVersions(version, UPSTREAM_CHANGES[change].since) >= 0;
}
