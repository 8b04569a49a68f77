import { join } from "node:path";
import type { UpstreamInstallation } from "@dibkit/model";
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
      DIB_PYTHON_EXEC: environment.DIB_PYTHON_EXEC ?? "/usr/bin/python3",
      // Upstream adds its own elements, and warns about each that it finds twice.
      ELEMENTS_PATH: elementsPath.filter((path) => path !== upstream.elements).join(":"),
      _LIB: upstream.lib,
    },
  };
}

/** The words after the program's name. */
export function upstreamArguments(request: BuildRequest, image: string): readonly string[] {
  const flag = (name: string, on: boolean) => (on ? [name] : []);
  const option = (name: string, value: string | undefined) => (value === undefined ? [] : [name, value]);
  return [
    ...["-a", request.architecture, "-o", image],
    ...(request.formats.length === 0 ? [] : ["-t", request.formats.join(",")]),
    ...Array.from({ length: request.trace }, () => "-x"),
    ...flag("-u", !request.compress),
    ...flag("-n", !request.base && request.ramdiskElement === undefined),
    ...request.packages.flatMap((name) => ["-p", name]),
    ...flag("--checksum", request.checksum),
    ...flag("--no-tmpfs", request.noTmpfs),
    ...flag("--offline", request.offline),
    ...option("--image-size", request.imageSize),
    "--image-cache",
    request.imageCache,
    ...option("--max-online-resize", request.maxOnlineResize),
    ...option("--min-tmpfs", request.minTmpfs === undefined ? undefined : String(request.minTmpfs)),
    ...option("--mkfs-options", request.mkfsOptions),
    ...option("--qemu-img-options", request.qemuImgOptions),
    ...option("--root-label", request.rootLabel),
    ...option("--ramdisk-element", request.ramdiskElement),
    ...option("--install-type", request.installType),
    ...option("--docker-target", request.dockerTarget),
    ...option("--logfile", request.logFile),
    ...request.elements,
  ];
}

function variable(name: string, value: string | undefined): Readonly<Record<string, string>> {
  return value === undefined ? {} : { [name]: value };
}
