import type { OptionSpec, OptionsOf } from "../command.js";
import { projectOptions } from "../project/open-project.js";
import { storeOptions } from "./open-store.js";

/** The flags of `disk-image-create`, and dibkit's own for builds. */
export const buildOptions = {
  arch: { type: "string", short: "a", value: "ARCH", summary: "architecture of the image, by default this machine's" },
  output: { type: "string", short: "o", value: "NAME", summary: "name of the outputs without suffix (default image)" },
  types: { type: "string", short: "t", value: "TYPES", summary: "output formats, comma-separated (default qcow2)" },
  trace: { type: "count", short: "x", summary: "turn on tracing in scripts (-x -x for more)" },
  uncompressed: { type: "boolean", short: "u", summary: "do not compress the image: larger, but faster" },
  clear: { type: "boolean", short: "c", summary: "clear the environment before starting" },
  skipBase: { type: "boolean", short: "n", summary: "leave the element base out" },
  packages: {
    type: "string",
    short: "p",
    value: "PACKAGES",
    repeatable: true,
    summary: "install these packages too, comma-separated, after install.d",
  },
  checksum: { type: "boolean", summary: "write MD5 and SHA-256 files beside the image" },
  imageSize: { type: "string", value: "GB", summary: "size of the image; computed from the content by default" },
  imageExtraSize: { type: "string", value: "MB", summary: "space to add to the content's size" },
  imageCache: { type: "string", value: "DIR", summary: "cache of downloads (default ~/.cache/image-create)" },
  maxOnlineResize: { type: "string", value: "BLOCKS", summary: "blocks that the root filesystem can grow to online" },
  minTmpfs: {
    type: "string",
    value: "GB",
    summary: "use memory only when there is this much for the build (default 2)",
  },
  mkfsJournalSize: { type: "string", value: "MB", summary: "size of the filesystem's journal" },
  mkfsOptions: { type: "string", value: "OPTIONS", summary: "options for mkfs of the root filesystem" },
  noTmpfs: { type: "boolean", summary: "write everything to disk, nothing to memory first" },
  offline: { type: "boolean", summary: "do not update cached resources" },
  qemuImgOptions: { type: "string", value: "OPTIONS", summary: "options for qemu-img, as key=value,…" },
  rootLabel: { type: "string", value: "LABEL", summary: "label of the root filesystem" },
  ramdiskElement: { type: "string", value: "ELEMENT", summary: "make a ramdisk with this element" },
  installType: {
    type: "string",
    value: "TYPE",
    summary: "install type where an element offers several (default source)",
  },
  dockerTarget: { type: "string", value: "REPO:TAG", summary: "name of the image for the formats docker and oci" },
  logfile: { type: "string", value: "FILE", summary: "write everything that scripts print to this file too" },
  secret: {
    type: "string",
    value: "NAME",
    repeatable: true,
    summary: "keep the value of this variable out of logs and caches, as those of envSecret",
  },
  refresh: { type: "boolean", summary: "run every script again, even when its layer is in the cache" },
  maxAge: {
    type: "string",
    value: "AGE",
    summary: "run scripts again whose layer is older, such as 12h or 7d; install.d=7d,root.d=4w for single phases",
  },
  noStore: {
    type: "boolean",
    summary: "use no layers and keep none: everything runs, and dibkit shell knows nothing of it",
  },
  cacheSize: {
    type: "string",
    value: "SIZE",
    summary: "remove the least recently used layers above this after the build (default 40G, or DIBKIT_CACHE_SIZE)",
  },
  ...storeOptions,
  noTypecheck: { type: "boolean", summary: "skip the checks of the TypeScript compiler" },
  ...projectOptions,
} as const satisfies Readonly<Record<string, OptionSpec>>;

/** Positional words of commands that work on one image. */
export const imageArguments = [
  { name: "ELEMENT|IMAGE", summary: "elements, or one image definition (IMAGE.ts)", required: true, variadic: true },
] as const;

/** What the flags of a build were given. */
export type BuildOptionValues = OptionsOf<typeof buildOptions>;
