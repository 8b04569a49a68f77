import { randomUUID } from "node:crypto";
import { join, resolve as resolvePath } from "node:path";
import {
  BUILD_FLAGS,
  type BuildFlag,
  type BuildFlagName,
  CHECKSUM_ALGORITHMS,
  type ChecksumAlgorithm,
  homeDirectory,
  type ImageDefinition,
  upstreamHas,
} from "@dibkit/model";
import type { BuildLock } from "../job/build-lock.js";
import type { BuildRequest } from "../job/build-request.js";
import { contentsDirectory } from "../layers/kept-contents.js";

type Given<Flag extends BuildFlag> = Flag["type"] extends "boolean"
  ? boolean
  : Flag["type"] extends "count"
    ? number
    : Flag extends { readonly repeatable: true }
      ? readonly string[]
      : string | undefined;

type UpstreamFlags = {
  readonly [Name in BuildFlagName as (typeof BUILD_FLAGS)[Name] extends { readonly upstream: string } ? Name : never]:
    | Given<(typeof BUILD_FLAGS)[Name]>
    | undefined;
};

/** The flags of a build as a command line gives them: those of `disk-image-create`, and dibkit's own. */
export interface BuildFlags extends Partial<UpstreamFlags> {
  readonly store?: string | undefined;
  /** Bytes. */
  readonly cacheSize?: number | undefined;
  readonly noStore?: boolean;
  readonly cacheFrom?: readonly string[];
  readonly cacheTo?: string | undefined;
  readonly cacheSign?: string | undefined;
  readonly cacheSecretKey?: string | undefined;
  readonly cacheTrust?: readonly string[];
  readonly refresh: boolean;
  readonly disk?: string | undefined;
  readonly maxAge?: string | undefined;
  readonly secrets?: readonly string[];
  readonly passEnvironment?: readonly string[];
  readonly network?: string | undefined;
  /** As `network` that is `host`; both are not given at once. */
  readonly noRecord?: boolean | undefined;
  /** Of a build that makes a lock or is held to one; it says which network the build has. */
  readonly lock?: Omit<BuildLock, "contents"> | undefined;
}

export interface RequestContext {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly hostArchitecture: string;
  /** The command line's own words. */
  readonly words: readonly string[];
  /** Of the diskimage-builder in use; undefined for a checkout whose version cannot be told. */
  readonly upstreamVersion?: string | undefined;
  /** Of the dibkit that asks. */
  readonly dibkitVersion?: string | undefined;
}

type Definition = Omit<ImageDefinition, "site">;

/** Fills in a build request: flags win over an image definition, which wins over upstream's defaults. */
export function buildRequest(
  flags: BuildFlags,
  elements: readonly string[],
  definition: Definition | undefined,
  context: RequestContext,
): BuildRequest {
  const { cwd, upstreamVersion, dibkitVersion } = context;
  const environment: Readonly<Record<string, string | undefined>> = {
    ...(Object.fromEntries(Object.entries(context.env).filter(([, value]) => value !== undefined)) as Record<
      string,
      string
    >),
    ...Object.fromEntries(Object.entries(definition?.environment ?? {}).map(([name, value]) => [name, String(value)])),
    ...(definition?.blockDevice === undefined
      ? {}
      : { DIB_BLOCK_DEVICE_CONFIG: JSON.stringify(definition.blockDevice) }),
  };
  // Upstream's flags set variables, and it writes `${NAME:-default}` for all of these: a flag or a variable that is set
  // to nothing, as `-a "$ARCH"` of a job without ARCH, is as good as not given.
  const setting = (name: string): string | undefined => environment[name] || undefined;
  const home = homeDirectory(environment);
  const absolute = (path: string | undefined, fallback: string) => resolvePath(cwd, path || fallback);
  const store = absolute(flags.store ?? setting("DIBKIT_CACHE"), join(home, ".cache/dibkit"));
  const minTmpfs = flags.minTmpfs ?? setting("DIB_MIN_TMPFS");
  const formats = formatNames((flags.types || undefined)?.split(",") ?? definition?.formats ?? ["qcow2"]);
  return {
    elements,
    architecture: (flags.arch ?? definition?.arch ?? setting("ARCH")) || context.hostArchitecture,
    imageName: imageName((flags.output ?? setting("IMAGE_NAME") ?? definition?.name) || "image", formats),
    formats,
    trace: (flags.trace ?? 0) + Number(setting("DIB_DEBUG_TRACE") ?? 0),
    compress: !flags.uncompressed && (definition?.compress ?? true),
    // Upstream's variables of its own count when the caller sets them.
    clearEnvironment: flags.clear === true || environment.CLEAR_ENV === "1",
    base: !flags.skipBase && environment.SKIP_BASE !== "1" && (definition?.base ?? true),
    packages: [...(definition?.packages ?? []), ...(flags.packages ?? []).flatMap((entry) => entry.split(","))].filter(
      Boolean,
    ),
    checksums: checksumsOf(flags.checksum, definition?.checksum, setting("DIB_CHECKSUM"), upstreamVersion),
    imageCache: absolute(flags.imageCache ?? setting("DIB_IMAGE_CACHE"), join(home, ".cache/image-create")),
    lockFiles: absolute(setting("DIB_LOCKFILES"), join(home, ".cache/dib/lockfiles")),
    // Upstream uses memory when this is 0, and for no other word.
    noTmpfs: flags.noTmpfs === true || (setting("DIB_NO_TMPFS") ?? "0") !== "0",
    offline: flags.offline === true || setting("DIB_OFFLINE") !== undefined,
    installType: (flags.installType ?? setting("DIB_DEFAULT_INSTALLTYPE") ?? definition?.installType) || "source",
    arguments: context.words,
    environment: environment as Readonly<Record<string, string>>,
    workingDirectory: cwd,
    ...(upstreamVersion === undefined ? {} : { upstreamVersion }),
    ...(dibkitVersion === undefined ? {} : { dibkitVersion }),
    store: flags.noStore ? join(store, "unkept", randomUUID().slice(0, 8)) : store,
    refresh: flags.refresh,
    ...(flags.cacheSize === undefined ? {} : { cacheSize: flags.cacheSize }),
    ...(flags.noStore ? { keepLayers: false } : {}),
    ...named("cacheFrom", flags.cacheFrom),
    ...named(
      "cacheTrust",
      flags.cacheTrust?.map((file) => resolvePath(cwd, file)),
    ),
    secrets: flags.secrets ?? [],
    // What an image definition sets is meant for its scripts.
    passEnvironment: [...(flags.passEnvironment ?? []), ...Object.keys(definition?.environment ?? {})],
    ...given({
      imageSize: flags.imageSize ?? setting("DIB_IMAGE_SIZE") ?? text(definition?.size),
      imageExtraSize: flags.imageExtraSize ?? setting("DIB_IMAGE_EXTRA_SIZE") ?? text(definition?.extraSize),
      maxOnlineResize: flags.maxOnlineResize ?? setting("MAX_ONLINE_RESIZE"),
      journalSize: flags.mkfsJournalSize ?? setting("DIB_JOURNAL_SIZE"),
      mkfsOptions: flags.mkfsOptions ?? definition?.mkfsOptions,
      qemuImgOptions: flags.qemuImgOptions ?? setting("QEMU_IMG_OPTIONS") ?? optionList(definition?.qemuImgOptions),
      rootLabel:
        flags.rootLabel ??
        definition?.rootLabel ??
        (upstreamHas("rootLabelVariable", upstreamVersion) ? setting("ROOT_LABEL") : undefined),
      ramdiskElement: flags.ramdiskElement,
      maxAge: flags.maxAge,
      network: flags.lock
        ? "recorded"
        : flags.noRecord
          ? "host"
          : (flags.network ?? setting("DIBKIT_NETWORK") ?? BUILD_FLAGS.network.otherwise),
      cacheTo: flags.cacheTo,
      cacheSign: flags.cacheSign === undefined ? undefined : resolvePath(cwd, flags.cacheSign),
      cacheSecretKey: flags.cacheSecretKey === undefined ? undefined : resolvePath(cwd, flags.cacheSecretKey),
      disk: flags.disk,
      dockerTarget: flags.dockerTarget ?? definition?.dockerTarget,
      logFile: flags.logfile && resolvePath(cwd, flags.logfile),
    }),
    ...(flags.lock === undefined ? {} : { lock: { ...flags.lock, contents: contentsDirectory(store) } }),
    ...(minTmpfs ? { minTmpfs: Number(minTmpfs) } : {}),
  };
}

function named(
  field: "cacheFrom" | "cacheTrust",
  given: readonly string[] = [],
): Pick<BuildRequest, "cacheFrom" | "cacheTrust"> {
  return given.length === 0 ? {} : { [field]: given };
}

/** The flag wins over the definition, which wins over `DIB_CHECKSUM`; a list in that is of newer versions. */
function checksumsOf(
  flag: boolean | undefined,
  defined: ImageDefinition["checksum"],
  variable: string | undefined,
  upstreamVersion: string | undefined,
): readonly ChecksumAlgorithm[] {
  const asked = flag === true || (defined ?? variable === "1");
  if (typeof asked !== "boolean") return asked;
  if (asked) return CHECKSUM_ALGORITHMS;
  const isList = defined === undefined && variable !== undefined && upstreamHas("checksumList", upstreamVersion);
  return isList ? CHECKSUM_ALGORITHMS.filter((algorithm) => variable.includes(algorithm)) : [];
}

/** `tgz` is written from the same tree as `tar`; each format once, in the order given. */
function formatNames(types: readonly string[]): readonly string[] {
  return [...new Set(types.map((type) => type.trim()).filter((type) => type !== ""))];
}

/** With one output format its suffix may be part of the name, as upstream allows. */
function imageName(name: string, formats: readonly string[]): string {
  const [only] = formats;
  return formats.length === 1 && only !== undefined && name.endsWith(`.${only}`)
    ? name.slice(0, -only.length - 1)
    : name;
}

function text(value: number | undefined): string | undefined {
  return value === undefined ? undefined : String(value);
}

function optionList(options: Readonly<Record<string, string>> | undefined): string | undefined {
  return (
    options &&
    Object.entries(options)
      .map(([name, value]) => `${name}=${value}`)
      .join(",")
  );
}

function given<T extends Readonly<Record<string, string | undefined>>>(fields: T): { [K in keyof T]?: string } {
  const set = Object.entries(fields).filter(([, value]) => value !== undefined && value !== "");
  return Object.fromEntries(set) as { [K in keyof T]?: string };
}
