import { join } from "node:path";
import { BUILD_FLAGS, type BuildFlagName, flagWords, type UpstreamInstallation } from "@dibkit/model";
import type { BuildRequest } from "@dibkit/runner";

/** A run of upstream's own `disk-image-create`, as data. */
export interface UpstreamCommand {
  readonly argv: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

/** What `-c` keeps; upstream's own `-c` drops also what it needs itself and ends with "_LIB not set!". */
const KEPT_WHEN_CLEARED = ["HOME", "PATH", "ELEMENTS_PATH"];

/**
 * The command line and environment that make upstream build what a request asks for. The two flags that upstream
 * documents but does not accept (`--image-extra-size`, `--mkfs-journal-size`) go through the variables they stand for.
 */
export function upstreamCommand(
  request: BuildRequest,
  image: string,
  elementsPath: readonly string[],
  upstream: UpstreamInstallation,
): UpstreamCommand {
  const script = request.ramdiskElement === undefined ? "disk-image-create" : "ramdisk-image-create";
  const { environment } = request;
  const caller = request.clearEnvironment
    ? Object.fromEntries(Object.entries(environment).filter(([name]) => KEPT_WHEN_CLEARED.includes(name)))
    : environment;
  return {
    argv: ["bash", join(upstream.lib, script), ...upstreamArguments(request, image)],
    environment: {
      ...caller,
      ...variable("DIB_IMAGE_EXTRA_SIZE", request.imageExtraSize),
      ...variable("DIB_JOURNAL_SIZE", request.journalSize),
      DIB_PYTHON_EXEC: environment.DIB_PYTHON_EXEC || upstream.python,
      // Its programs import its modules, which need not be those that the interpreter would find by itself.
      ...variable("PYTHONPATH", pathOf([upstream.pythonPath, environment.PYTHONPATH])),
      // Upstream adds its own elements, and warns about each that it finds twice.
      ELEMENTS_PATH: elementsPath.filter((path) => path !== upstream.elements).join(":"),
      _LIB: upstream.lib,
    },
  };
}

/** What a request says, by the flag that says it; the two that upstream refuses go through variables. */
function flagsOf(request: BuildRequest, image: string): Readonly<Partial<Record<BuildFlagName, unknown>>> {
  const { ramdiskElement } = request;
  return {
    output: image,
    arch: request.architecture,
    types: request.formats.join(","),
    trace: request.trace,
    uncompressed: !request.compress,
    skipBase: !request.base && ramdiskElement === undefined,
    packages: request.packages,
    // A list comes of DIB_CHECKSUM, which upstream reads itself.
    checksum: request.checksums.length > 0 && (request.environment.DIB_CHECKSUM || "0") === "0",
    noTmpfs: request.noTmpfs,
    offline: request.offline,
    imageSize: request.imageSize,
    imageCache: request.imageCache,
    maxOnlineResize: request.maxOnlineResize,
    minTmpfs: request.minTmpfs,
    mkfsOptions: request.mkfsOptions,
    qemuImgOptions: request.qemuImgOptions,
    rootLabel: request.rootLabel,
    ramdiskElement,
    installType: request.installType,
    dockerTarget: request.dockerTarget,
    logfile: request.logFile,
  };
}

/** The words after the program's name. */
export function upstreamArguments(request: BuildRequest, image: string): readonly string[] {
  const given = flagsOf(request, image);
  const words = (Object.keys(BUILD_FLAGS) as BuildFlagName[]).flatMap((name) =>
    flagWords(name, given[name] === "" ? undefined : given[name]),
  );
  return [...words, ...request.elements];
}

function pathOf(directories: readonly (string | undefined)[]): string | undefined {
  return directories.filter(Boolean).join(":") || undefined;
}

function variable(name: string, value: string | undefined): Readonly<Record<string, string>> {
  return value === undefined ? {} : { [name]: value };
}
