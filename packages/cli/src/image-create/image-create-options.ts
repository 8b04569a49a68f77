import type { BuildOptionValues } from "../building/build-options.js";
import { getopt, type OptionTable } from "./getopt.js";

/** What a command line of `disk-image-create` asks for. */
export type ImageCreateRequest =
  | { readonly kind: "build"; readonly options: BuildOptionValues; readonly elements: readonly string[] }
  | { readonly kind: "help" }
  | { readonly kind: "version" }
  | { readonly kind: "usage"; readonly message: string };

/** Upstream's options. It documents the two exact ones too, but refuses them. */
const TABLE: OptionTable = {
  short: "a:ho:t:xucnp:",
  long: [
    "checksum",
    "no-tmpfs",
    "offline",
    "help",
    "version",
    "min-tmpfs:",
    "image-size:",
    "image-cache:",
    "max-online-resize:",
    "mkfs-options:",
    "qemu-img-options:",
    "ramdisk-element:",
    "root-label:",
    "install-type:",
    "docker-target:",
    "logfile:",
  ],
  exact: ["image-extra-size:", "mkfs-journal-size:"],
};

type TextOption = "arch" | "output" | "types" | "imageSize" | "imageExtraSize" | "imageCache" | "maxOnlineResize";
type MoreTextOption = "minTmpfs" | "mkfsJournalSize" | "mkfsOptions" | "qemuImgOptions" | "rootLabel" | "logfile";
type LastTextOption = "ramdiskElement" | "installType" | "dockerTarget";

/** Options with a value, of which the last one counts. */
const TEXTS: Readonly<Record<string, TextOption | MoreTextOption | LastTextOption>> = {
  a: "arch",
  o: "output",
  t: "types",
  "--image-size": "imageSize",
  "--image-extra-size": "imageExtraSize",
  "--image-cache": "imageCache",
  "--max-online-resize": "maxOnlineResize",
  "--min-tmpfs": "minTmpfs",
  "--mkfs-journal-size": "mkfsJournalSize",
  "--mkfs-options": "mkfsOptions",
  "--qemu-img-options": "qemuImgOptions",
  "--root-label": "rootLabel",
  "--logfile": "logfile",
  "--ramdisk-element": "ramdiskElement",
  "--install-type": "installType",
  "--docker-target": "dockerTarget",
};

type FlagOption = "uncompressed" | "clear" | "skipBase" | "checksum" | "noTmpfs" | "offline";

const FLAGS: Readonly<Record<string, FlagOption>> = {
  u: "uncompressed",
  c: "clear",
  n: "skipBase",
  "--checksum": "checksum",
  "--no-tmpfs": "noTmpfs",
  "--offline": "offline",
};

/** Parses the words after the program's name. Help and version count where they stand, as in upstream's loop. */
export function imageCreateOptions(
  words: readonly string[],
  program: { readonly ramdisk: boolean; readonly env: Readonly<Record<string, string | undefined>> },
): ImageCreateRequest {
  const parsed = getopt(words, TABLE);
  if (!parsed.ok) return { kind: "usage", message: parsed.message };
  const texts: Partial<Record<string, string>> = {};
  const flags: Partial<Record<string, boolean>> = {};
  const packages: string[] = [];
  let trace = 0;
  for (const { name, value } of parsed.options) {
    if (name === "h" || name === "--help") return { kind: "help" };
    if (name === "--version") return { kind: "version" };
    if (name === "x") trace += 1;
    else if (name === "p") packages.push(value);
    else if (FLAGS[name] !== undefined) flags[FLAGS[name]] = true;
    else if (TEXTS[name] !== undefined) texts[TEXTS[name]] = value;
  }
  const options: BuildOptionValues = {
    ...NOTHING_GIVEN,
    ...texts,
    ...flags,
    trace,
    packages,
    // Of an ordinary image upstream ignores the option and the variable.
    ramdiskElement: program.ramdisk ? (texts.ramdiskElement ?? program.env.RAMDISK_ELEMENT ?? "ramdisk") : undefined,
  };
  return { kind: "build", options, elements: parsed.operands };
}

const NOTHING_GIVEN: BuildOptionValues = {
  arch: undefined,
  output: undefined,
  types: undefined,
  trace: 0,
  uncompressed: false,
  clear: false,
  skipBase: false,
  packages: [],
  secret: [],
  checksum: false,
  imageSize: undefined,
  imageExtraSize: undefined,
  imageCache: undefined,
  maxOnlineResize: undefined,
  minTmpfs: undefined,
  mkfsJournalSize: undefined,
  mkfsOptions: undefined,
  noTmpfs: false,
  offline: false,
  qemuImgOptions: undefined,
  rootLabel: undefined,
  ramdiskElement: undefined,
  installType: undefined,
  noTypecheck: false,
  dockerTarget: undefined,
  logfile: undefined,
  refresh: false,
  maxAge: undefined,
  noStore: false,
  cacheSize: undefined,
  cacheDir: undefined,
  elementsPath: [],
  project: undefined,
};
