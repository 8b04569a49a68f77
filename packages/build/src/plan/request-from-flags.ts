import { randomUUID } from "node:crypto";
import { join, resolve as resolvePath } from "node:path";
import { homeDirectory, type ImageDefinition } from "@dibkit/model";
import type { BuildRequest } from "./build-request.js";

/** The flags of `disk-image-create`, as a command line gives them. Undefined: not given. */
export interface BuildFlags {
  readonly arch?: string | undefined;
  readonly output?: string | undefined;
  readonly types?: string | undefined;
  readonly trace: number;
  readonly uncompressed: boolean;
  readonly clear: boolean;
  readonly skipBase: boolean;
  readonly packages: readonly string[];
  readonly checksum: boolean;
  readonly imageSize?: string | undefined;
  readonly imageExtraSize?: string | undefined;
  readonly imageCache?: string | undefined;
  readonly maxOnlineResize?: string | undefined;
  readonly minTmpfs?: string | undefined;
  readonly mkfsJournalSize?: string | undefined;
  readonly mkfsOptions?: string | undefined;
  readonly noTmpfs: boolean;
  readonly offline: boolean;
  readonly qemuImgOptions?: string | undefined;
  readonly rootLabel?: string | undefined;
  readonly ramdiskElement?: string | undefined;
  readonly installType?: string | undefined;
  readonly dockerTarget?: string | undefined;
  readonly logfile?: string | undefined;
  /** dibkit's own. */
  readonly store?: string | undefined;
  readonly cacheSize?: number | undefined;
  readonly noStore?: boolean;
  readonly refresh: boolean;
  readonly maxAge?: string | undefined;
  readonly secrets?: readonly string[];
}

export interface RequestSurroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly hostArchitecture: string;
  /** The command line's own words. */
  readonly words: readonly string[];
}

type Definition = Omit<ImageDefinition, "site">;

/** Fills in a build request: flags win over an image definition, which wins over upstream's defaults. */
export function buildRequest(
  flags: BuildFlags,
  elements: readonly string[],
  definition: Definition | undefined,
  surroundings: RequestSurroundings,
): BuildRequest {
  const { cwd } = surroundings;
  const environment: Readonly<Record<string, string | undefined>> = {
    ...(Object.fromEntries(Object.entries(surroundings.env).filter(([, value]) => value !== undefined)) as Record<
      string,
      string
    >),
    ...Object.fromEntries(Object.entries(definition?.environment ?? {}).map(([name, value]) => [name, String(value)])),
    ...(definition?.blockDevice === undefined
      ? {}
      : { DIB_BLOCK_DEVICE_CONFIG: JSON.stringify(definition.blockDevice) }),
  };
  const home = homeDirectory(environment);
  const place = (path: string | undefined, fallback: string) => resolvePath(cwd, path ?? fallback);
  const store = place(flags.store ?? environment.DIBKIT_CACHE, join(home, ".cache/dibkit"));
  const minTmpfs = flags.minTmpfs ?? environment.DIB_MIN_TMPFS;
  const formats = formatNames(flags.types?.split(",") ?? definition?.formats ?? ["qcow2"]);
  return {
    elements,
    architecture: flags.arch ?? definition?.arch ?? environment.ARCH ?? surroundings.hostArchitecture,
    imageName: imageName(flags.output ?? environment.IMAGE_NAME ?? definition?.name ?? "image", formats),
    formats,
    trace: flags.trace + Number(environment.DIB_DEBUG_TRACE ?? 0),
    compress: !flags.uncompressed && (definition?.compress ?? true),
    // Upstream's variables of its own count when the caller sets them.
    clearEnvironment: flags.clear || environment.CLEAR_ENV === "1",
    base: !flags.skipBase && environment.SKIP_BASE !== "1" && (definition?.base ?? true),
    packages: [...(definition?.packages ?? []), ...flags.packages.flatMap((entry) => entry.split(","))].filter(Boolean),
    checksum: flags.checksum || (definition?.checksum ?? environment.DIB_CHECKSUM === "1"),
    imageCache: place(flags.imageCache ?? environment.DIB_IMAGE_CACHE, join(home, ".cache/image-create")),
    lockFiles: place(environment.DIB_LOCKFILES, join(home, ".cache/dib/lockfiles")),
    noTmpfs: flags.noTmpfs || environment.DIB_NO_TMPFS === "1",
    offline: flags.offline || (environment.DIB_OFFLINE ?? "") !== "",
    installType: flags.installType ?? environment.DIB_DEFAULT_INSTALLTYPE ?? definition?.installType ?? "source",
    arguments: surroundings.words,
    environment: environment as Readonly<Record<string, string>>,
    workingDirectory: cwd,
    store: flags.noStore ? join(store, "unkept", randomUUID().slice(0, 8)) : store,
    refresh: flags.refresh,
    ...(flags.cacheSize === undefined ? {} : { cacheSize: flags.cacheSize }),
    ...(flags.noStore ? { keepLayers: false } : {}),
    secrets: flags.secrets ?? [],
    ...given({
      imageSize: flags.imageSize ?? environment.DIB_IMAGE_SIZE ?? text(definition?.size),
      imageExtraSize: flags.imageExtraSize ?? environment.DIB_IMAGE_EXTRA_SIZE ?? text(definition?.extraSize),
      maxOnlineResize: flags.maxOnlineResize ?? environment.MAX_ONLINE_RESIZE,
      journalSize: flags.mkfsJournalSize ?? environment.DIB_JOURNAL_SIZE,
      mkfsOptions: flags.mkfsOptions ?? definition?.mkfsOptions,
      qemuImgOptions: flags.qemuImgOptions ?? environment.QEMU_IMG_OPTIONS ?? optionList(definition?.qemuImgOptions),
      rootLabel: flags.rootLabel ?? definition?.rootLabel,
      ramdiskElement: flags.ramdiskElement,
      maxAge: flags.maxAge,
      dockerTarget: flags.dockerTarget ?? definition?.dockerTarget,
      logFile: flags.logfile === undefined ? undefined : resolvePath(cwd, flags.logfile),
    }),
    ...(minTmpfs === undefined || minTmpfs === "" ? {} : { minTmpfs: Number(minTmpfs) }),
  };
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
