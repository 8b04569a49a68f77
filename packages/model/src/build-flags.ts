import { PHASES } from "./phases.js";

/** A flag of a build: one of `disk-image-create`, or one of dibkit's own. */
export interface BuildFlag {
  /** `boolean`: given or not. `count`: how often. `string`: the last one counts, or all where `repeatable`. */
  readonly type: "boolean" | "count" | "string";
  readonly summary: string;
  /** The one letter that stands for it. */
  readonly short?: string;
  /** Placeholder of the value. */
  readonly value?: string;
  readonly repeatable?: boolean;
  /**
   * How upstream has it: by its letter, by its long name, or `refused`: documented, but an error. Absent: dibkit's own,
   * which says how dibkit works and not what is built.
   */
  readonly upstream?: "letter" | "word" | "refused";
  /** Upstream has it for images only, not for ramdisks. */
  readonly onlyImages?: boolean;
  /** Field of upstream's YAML list of images. */
  readonly imageList?: string;
  /** Variable of the caller that counts when the flag is not given. */
  readonly variable?: string;
  /** What the value has to be. */
  readonly check?: FlagCheck;
  /** The value of a build for which neither the flag nor its variable is given, where it is not the absence of one. */
  readonly otherwise?: string;
}

/** Kinds of values that can be checked before anything runs. */
export type FlagCheck =
  | "gigabytes"
  | "megabytes"
  | "blocks"
  | "memory"
  | "key-values"
  | "image-name"
  | "network"
  | "privilege"
  | "disk-way";

/** What scripts reach in a build that says nothing about it. To set it to `host` is to record nothing unasked. */
const DEFAULT_NETWORK = "auto";

/**
 * Every flag of a build but those about projects, in the order in which upstream's `diskimage-builder` writes them. The
 * command line, `DIB_ARGS`, the drop-in for `disk-image-create`, YAML lists of images, runs of upstream and the check of
 * values are made from this table.
 */
export const BUILD_FLAGS = {
  output: {
    ...{ type: "string", short: "o", value: "NAME", summary: "name of the outputs without suffix (default image)" },
    ...{ upstream: "letter", imageList: "imagename", variable: "IMAGE_NAME", check: "image-name" },
  },
  arch: {
    ...{ type: "string", short: "a", value: "ARCH" },
    summary: "architecture of the image, by default this machine's",
    ...{ upstream: "letter", imageList: "arch", variable: "ARCH" },
  },
  types: {
    ...{ type: "string", short: "t", value: "TYPES", summary: "output formats, comma-separated (default qcow2)" },
    ...{ upstream: "letter", imageList: "types" },
  },
  trace: {
    ...{ type: "count", short: "x", summary: "turn on tracing in scripts (-x -x for more)" },
    ...{ upstream: "letter", imageList: "debug-trace", variable: "DIB_DEBUG_TRACE" },
  },
  uncompressed: {
    ...{ type: "boolean", short: "u", summary: "do not compress the image: larger, but faster" },
    ...{ upstream: "letter", imageList: "uncompressed" },
  },
  clear: {
    ...{ type: "boolean", short: "c", summary: "clear the environment before starting" },
    ...{ upstream: "letter", imageList: "clear", variable: "CLEAR_ENV" },
  },
  logfile: {
    ...{ type: "string", value: "FILE", summary: "write everything that scripts print to this file too" },
    ...{ upstream: "word", imageList: "logfile" },
  },
  checksum: {
    ...{ type: "boolean", summary: "write MD5 and SHA-256 files beside the image" },
    ...{ upstream: "word", imageList: "checksum", variable: "DIB_CHECKSUM" },
  },
  imageSize: {
    ...{ type: "string", value: "GB", summary: "size of the image; computed from the content by default" },
    ...{ upstream: "word", imageList: "image-size", variable: "DIB_IMAGE_SIZE", check: "gigabytes" },
  },
  imageExtraSize: {
    ...{ type: "string", value: "MB", summary: "space to add to the content's size" },
    ...{ upstream: "refused", imageList: "image-extra-size", variable: "DIB_IMAGE_EXTRA_SIZE", check: "megabytes" },
  },
  imageCache: {
    ...{ type: "string", value: "DIR", summary: "cache of downloads (default ~/.cache/image-create)" },
    ...{ upstream: "word", imageList: "image-cache", variable: "DIB_IMAGE_CACHE" },
  },
  maxOnlineResize: {
    ...{ type: "string", value: "BLOCKS", summary: "blocks that the root filesystem can grow to online" },
    ...{ upstream: "word", imageList: "max-online-resize", variable: "MAX_ONLINE_RESIZE", check: "blocks" },
  },
  minTmpfs: {
    ...{ type: "string", value: "GB" },
    summary: "use memory only when there is this much for the build (default 2)",
    ...{ upstream: "word", imageList: "min-tmpfs", variable: "DIB_MIN_TMPFS", check: "memory" },
  },
  mkfsJournalSize: {
    ...{ type: "string", value: "MB", summary: "size of the filesystem's journal" },
    ...{ upstream: "refused", imageList: "mkfs-journal-size", variable: "DIB_JOURNAL_SIZE", check: "megabytes" },
  },
  mkfsOptions: {
    ...{ type: "string", value: "OPTIONS", summary: "options for mkfs of the root filesystem" },
    ...{ upstream: "word", imageList: "mkfs-options" },
  },
  noTmpfs: {
    ...{ type: "boolean", summary: "write everything to disk, nothing to memory first" },
    ...{ upstream: "word", imageList: "no-tmpfs", variable: "DIB_NO_TMPFS" },
  },
  offline: {
    ...{ type: "boolean", summary: "do not update cached resources" },
    ...{ upstream: "word", imageList: "offline", variable: "DIB_OFFLINE" },
  },
  qemuImgOptions: {
    ...{ type: "string", value: "OPTIONS", summary: "options for qemu-img, as key=value,…" },
    ...{ upstream: "word", imageList: "qemu-img-options", variable: "QEMU_IMG_OPTIONS", check: "key-values" },
  },
  rootLabel: {
    ...{ type: "string", value: "LABEL", summary: "label of the root filesystem" },
    ...{ upstream: "word", imageList: "root-label" },
  },
  ramdiskElement: {
    ...{ type: "string", value: "ELEMENT", summary: "make a ramdisk with this element" },
    ...{ upstream: "word", imageList: "ramdisk-element" },
  },
  installType: {
    ...{ type: "string", value: "TYPE" },
    summary: "install type where an element offers several (default source)",
    ...{ upstream: "word", imageList: "install-type", variable: "DIB_DEFAULT_INSTALLTYPE" },
  },
  dockerTarget: {
    ...{ type: "string", value: "REPO:TAG", summary: "name of the image for the formats docker and oci" },
    ...{ upstream: "word", imageList: "docker-target" },
  },
  packages: {
    ...{ type: "string", short: "p", value: "PACKAGES", repeatable: true },
    summary: "install these packages too, comma-separated, after install.d",
    ...{ upstream: "letter", imageList: "packages", onlyImages: true },
  },
  skipBase: {
    ...{ type: "boolean", short: "n", summary: "leave the element base out" },
    ...{ upstream: "letter", imageList: "skip-base", variable: "SKIP_BASE", onlyImages: true },
  },
  secret: {
    ...{ type: "string", value: "NAME", repeatable: true },
    summary: "keep the value of this variable out of logs and caches, as those of envSecret",
  },
  passEnv: {
    ...{ type: "string", value: "NAME", repeatable: true },
    summary: "hand this variable on to scripts even if nothing in the build names it; NAME, PREFIX_*, or all",
  },
  network: {
    ...{ type: "string", value: "NAME[,STEP=NAME]", variable: "DIBKIT_NETWORK", check: "network" },
    otherwise: DEFAULT_NETWORK,
    summary: `what scripts reach: host, none (loopback alone), recorded (by a proxy that notes what they fetch), or auto: recorded where it works, else host (default ${DEFAULT_NETWORK})`,
  },
  noRecord: {
    type: "boolean",
    summary: "let no proxy note what scripts fetch; the same as --network host",
  },
  privilege: {
    ...{ type: "string", value: "WHO", variable: "DIBKIT_PRIVILEGE", check: "privilege" },
    summary: "who builds: root, the root of a user namespace (namespace), or as this user may (auto, the default)",
  },
  disk: {
    ...{ type: "string", value: "WAY", check: "disk-way" },
    summary: "make the disk on loop devices (loop) or in files alone (files); auto takes loop where there is any",
  },
  refresh: {
    type: "boolean",
    summary: "run every script again, even when its layer is in the cache, unless it is known to have used no network",
  },
  maxAge: {
    ...{ type: "string", value: "AGE" },
    summary: "run scripts again whose layer is older, such as 12h or 7d; install.d=7d,root.d=4w for single phases",
  },
  noStore: {
    type: "boolean",
    summary: "use no layers and keep none: everything runs, and dibkit shell knows nothing of it",
  },
  cacheFrom: {
    ...{ type: "string", value: "REGISTRY/REPOSITORY", repeatable: true, variable: "DIBKIT_CACHE_FROM" },
    summary: "take layers from this repository of an OCI registry; several are asked in order",
  },
  cacheTo: {
    ...{ type: "string", value: "REGISTRY/REPOSITORY[,mode=max]", variable: "DIBKIT_CACHE_TO" },
    summary: "upload layers to this repository of an OCI registry while the build goes on; max: outputs too",
  },
  cacheSign: {
    ...{ type: "string", value: "KEYFILE", variable: "DIBKIT_CACHE_SIGN" },
    summary: "sign what is uploaded with this private key (PEM), and take layers only that it has signed",
  },
  cacheSecretKey: {
    ...{ type: "string", value: "KEYFILE", variable: "DIBKIT_CACHE_SECRET_KEY" },
    summary: "share layers that could hold a secret too, sealed with the project's key in this file",
  },
  cacheTrust: {
    ...{ type: "string", value: "KEYFILE", repeatable: true, variable: "DIBKIT_CACHE_TRUST" },
    summary: "take layers only that this public key (PEM) has signed; several: that one of them has",
  },
  cacheSize: {
    ...{ type: "string", value: "SIZE" },
    summary: "remove the least recently used layers above this after the build (default 40G, or DIBKIT_CACHE_SIZE)",
  },
} as const satisfies Readonly<Record<string, BuildFlag>>;

/** Name of a flag: the field of what a command line gives. */
export type BuildFlagName = keyof typeof BUILD_FLAGS;

/** The word of a flag on the command line: `--image-size` for `imageSize`. */
export function flagWord(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** The flag as upstream writes it: its letter where it has one. */
function upstreamWord(name: BuildFlagName): string {
  const flag: BuildFlag = BUILD_FLAGS[name];
  return flag.upstream === "letter" ? `-${flag.short}` : flagWord(name);
}

/** The words that give a flag a value, as upstream writes them; none for what is not given. */
export function flagWords(name: BuildFlagName, value: unknown): readonly string[] {
  const { type, repeatable }: BuildFlag = BUILD_FLAGS[name];
  const word = upstreamWord(name);
  if (value === undefined) return [];
  if (type === "count") return Array.from({ length: Number(value) }, () => word);
  if (type === "boolean") return value === true ? [word] : [];
  if (repeatable && Array.isArray(value)) return value.flatMap((one) => [word, String(one)]);
  return [word, String(value)];
}

const NUMBER = /^\d+(\.\d+)?$/;
const WHOLE = /^\d+$/;

const NETWORKS = ["auto", "host", "none", "recorded"];

/** dibkit's own steps have a phase too. */
const PHASE_NAMES = ["dibkit", ...PHASES.map(({ name }) => name)];

/** One for the build and any number for phases and steps, with commas between them. */
function isNetwork(value: string): boolean {
  const words = value.split(",").map((word) => /^(?:([a-z-]+(?:\.d)?)(?:\/[0-9A-Za-z_-]+)?=)?([a-z]+)$/.exec(word));
  const phases = words.map((word) => word?.[1]);
  return (
    phases.filter((phase) => phase === undefined).length <= 1 &&
    phases.every((phase) => phase === undefined || PHASE_NAMES.includes(phase)) &&
    words.every((word) => NETWORKS.includes(word?.[2] ?? ""))
  );
}

const CHECKS: Readonly<Record<FlagCheck, { readonly must: string; readonly test: (value: string) => boolean }>> = {
  gigabytes: {
    must: "must be a number of gigabytes, such as 4 or 2.5",
    test: (value) => NUMBER.test(value) && Number(value) > 0,
  },
  megabytes: { must: "must be a whole number of megabytes, such as 64", test: (value) => WHOLE.test(value) },
  blocks: {
    must: "must be a whole number of filesystem blocks, such as 1000000",
    test: (value) => WHOLE.test(value) && Number(value) > 0,
  },
  memory: { must: "must be a number of gigabytes, such as 4 or 0", test: (value) => NUMBER.test(value) },
  "key-values": {
    must: "must be key=value, with a comma between two of them",
    test: (value) => value.split(",").every((word) => /^[^=,\s]+=.*$/.test(word)),
  },
  privilege: {
    must: "must be auto, root or namespace",
    test: (value) => ["auto", "root", "namespace"].includes(value),
  },
  "disk-way": {
    must: "must be auto, loop or files",
    test: (value) => ["auto", "loop", "files"].includes(value),
  },
  "image-name": {
    must: "must end with a file name, such as out/image",
    test: (value) => !/(^|\/)\.{0,2}$/.test(value),
  },
  network: {
    must: 'must be "auto", "host", "none" or "recorded", for a phase or a step like "recorded,install.d/50-x=host"',
    test: isNetwork,
  },
};

/**
 * What is wrong with the value of a flag, as the end of a sentence: `must be a number of gigabytes, such as 4 or 2.5`.
 * Undefined when nothing is, or when the flag takes any text.
 */
export function flagTrouble(name: BuildFlagName, value: string): string | undefined {
  const { check }: BuildFlag = BUILD_FLAGS[name];
  return check === undefined || CHECKS[check].test(value) ? undefined : CHECKS[check].must;
}
