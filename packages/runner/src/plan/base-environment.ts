import { dirname, join } from "node:path";
import { REDACTED } from "@dibkit/exec";
import { upstreamHas } from "@dibkit/model";
import {
  BUILD_DIRECTORY,
  HOOKS_DIRECTORY,
  IMAGE_DIRECTORY,
  SHIM_DIRECTORY,
  TARGET_DIRECTORY,
} from "../job/build-directories.js";
import type { HostPython } from "../job/build-job.js";
import type { BuildRequest } from "../job/build-request.js";
import type { EnvironmentValues } from "../job/environment-values.js";
import { repeatableEnvironment } from "./source-date.js";

const SYSTEM_PYTHON: HostPython = { program: "/usr/bin/python3" };
const HOST_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** PATH of host-phase scripts: the caller's without npm's additions, with the sbin directories. */
export function hostPath(caller: string | undefined): string {
  const entries = (caller ?? HOST_PATH)
    .split(":")
    .filter((entry) => entry !== "" && !entry.includes("node_modules/.bin"));
  for (const entry of HOST_PATH.split(":")) if (!entries.includes(entry)) entries.push(entry);
  return [SHIM_DIRECTORY, ...entries].join(":");
}

export interface BaseEnvironmentInput {
  readonly request: BuildRequest;
  /** The caller's variables that scripts get; see `passedEnvironment`. */
  readonly passed: EnvironmentValues;
  /** Final elements, in resolved order, with the directory scripts find them in. */
  readonly elements: readonly { readonly name: string; readonly path: string }[];
  readonly elementsPath: readonly string[];
  /** Upstream's `lib` directory, when installed. */
  readonly upstreamLibrary?: string;
  readonly python?: HostPython;
  /** `DIB_ROOT_LABEL`, `DIB_ROOT_FSTYPE`, `DIB_MOUNTPOINTS` … */
  readonly disk: EnvironmentValues;
  /** Values that must not be in `DIB_ENV`, which the element manifests writes into the image. */
  readonly secrets?: EnvironmentValues;
}

/** The builder's own environment, before `environment.d`: the names `disk-image-create` exports. */
export function baseEnvironment(input: BaseEnvironmentInput): EnvironmentValues {
  const { request, passed: caller, python = SYSTEM_PYTHON } = input;
  const pythonPath = [python.path, caller.PYTHONPATH].filter(Boolean).join(":");
  const names = input.elements.map((element) => element.name);
  const optional = (name: string, value: string | undefined) =>
    value === undefined || value === "" ? {} : { [name]: value };
  return {
    ...(request.ramdiskElement === undefined ? {} : ramdiskVariables(request.ramdiskElement, input.upstreamLibrary)),
    ...caller,
    HOME: caller.HOME || "/root",
    USER: "root",
    LOGNAME: "root",
    SHELL: "/bin/bash",
    TERM: "dumb",
    PATH: hostPath(caller.PATH),
    LC_ALL: "C",
    // Upstream's package lists are Python sets, whose order changes with each run's hash seed.
    PYTHONHASHSEED: "0",
    ...repeatableEnvironment(request.environment),
    DIB_ARGS: request.arguments.join(" "),
    DIB_ENV: renderDibEnvironment(
      { DIB_ARGS: request.arguments.join(" "), DIB_PYTHON_EXEC: python.program, ...caller },
      Object.values(input.secrets ?? {}),
    ),
    DIB_DEBUG_TRACE: String(request.trace),
    DIB_IMAGE_CACHE: request.imageCache,
    DIB_LOCKFILES: request.lockFiles,
    DIB_PYTHON_EXEC: caller.DIB_PYTHON_EXEC || python.program,
    ...optional("PYTHONPATH", pythonPath),
    DIB_CHECKSUM: caller.DIB_CHECKSUM || (request.checksums.length > 0 ? "1" : "0"),
    DIB_NO_TMPFS: asGiven(request.noTmpfs, caller.DIB_NO_TMPFS, "0"),
    DIB_MIN_TMPFS: String(request.minTmpfs ?? 2),
    DIB_OFFLINE: asGiven(request.offline, caller.DIB_OFFLINE, ""),
    ...optional("DIB_IMAGE_SIZE", request.imageSize),
    ...optional("DIB_IMAGE_EXTRA_SIZE", request.imageExtraSize),
    ...optional("DIB_JOURNAL_SIZE", request.journalSize),
    ...optional("MAX_ONLINE_RESIZE", request.maxOnlineResize),
    // Upstream exports it only where the caller has, and then with what the flag has made of it.
    ...(caller.DIB_DEFAULT_INSTALLTYPE === undefined ? {} : { DIB_DEFAULT_INSTALLTYPE: request.installType }),
    ARCH: request.architecture,
    FS_TYPE: caller.FS_TYPE || "ext4",
    IMAGE_TYPE: caller.IMAGE_TYPE || "qcow2",
    IMAGE_NAME: request.imageName,
    IMAGE_ELEMENT: names.join(" "),
    IMAGE_ELEMENT_YAML: [...input.elements]
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .map((element) => `${element.name}: ${element.path}\n`)
      .join(""),
    "BASH_FUNC_get_image_element_array%%": elementArrayFunction(input.elements),
    "BASH_FUNC_die%%": "() {  local exitcode=$?;\n set +o xtrace;\n echo $@;\n exit $((exitcode ? exitcode : 1))\n}",
    ELEMENTS_PATH: input.elementsPath.join(":"),
    TMP_BUILD_DIR: BUILD_DIRECTORY,
    TMP_IMAGE_DIR: IMAGE_DIRECTORY,
    TMP_MOUNT_PATH: TARGET_DIRECTORY,
    TMP_HOOKS_PATH: HOOKS_DIRECTORY,
    DIB_BLOCK_DEVICE_PARAMS_YAML: `${BUILD_DIRECTORY}/block-device/params.yaml`,
    ...optional("_LIB", input.upstreamLibrary),
    ...diskVariables(input.disk, request.upstreamVersion),
  };
}

/** A switch in the caller's own word, which scripts may compare; a flag that turns it on is 1. */
function asGiven(on: boolean, word: string | undefined, off: string): string {
  if (!on) return off;
  return word && word !== off ? word : "1";
}

function diskVariables(disk: EnvironmentValues, upstreamVersion: string | undefined): EnvironmentValues {
  if (upstreamHas("bootLabelVariable", upstreamVersion)) return disk;
  const { DIB_BOOT_LABEL: _later, ...rest } = disk;
  return rest;
}

/**
 * Upstream's element ramdisk sources upstream's own library inside the image, where variables that nobody exports are
 * read: without them every such build ends with "_BASE_ELEMENT_DIR: unbound variable" or the like.
 */
function ramdiskVariables(element: string, library: string | undefined): EnvironmentValues {
  const unset = { RAMDISK_ELEMENT: element, TMP_IMAGE_PATH: "/tmp/ramdisk-image", EXTRA_DETACH: "", EXTRA_UNMOUNT: "" };
  return library === undefined ? unset : { ...unset, _BASE_ELEMENT_DIR: join(dirname(library), "elements") };
}

/** `DIB_ENV`: the caller's own DIB_ variables and the two upstream sets before it, as bash's `export` prints them. */
function renderDibEnvironment(values: EnvironmentValues, secrets: readonly string[]): string {
  const shown = (value: string) => secrets.reduce((text, secret) => text.replaceAll(secret, REDACTED), value);
  return Object.entries(values)
    .filter(([name]) => name.startsWith("DIB_"))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `declare -x ${name}=${declaredValue(shown(value))}`)
    .join("\n");
}

/** Upstream greps single lines out of what `export` prints, so a value of several lines must come as one. */
function declaredValue(value: string): string {
  if (!/[\n\t]/.test(value)) return `"${value.replace(/["\\$`]/g, "\\$&")}"`;
  const escaped = value.replace(/['\\]/g, "\\$&").replaceAll("\n", "\\n").replaceAll("\t", "\\t");
  return `$'${escaped}'`;
}

function elementArrayFunction(elements: BaseEnvironmentInput["elements"]): string {
  const entries = elements.map((element) => `[${element.name}]=${element.path} `).join("");
  return `() {  echo "${entries}"\n}`;
}

/** What a script in the target sees: no host paths, root's home, and only the target's program directories. */
export function targetEnvironment(values: EnvironmentValues): EnvironmentValues {
  const { TMPDIR: _temporary, VIRTUAL_ENV: _virtual, PYTHONPATH: pythonPath, ...rest } = values;
  // Upstream's own package is of the host.
  const ofHost = rest._LIB === undefined ? undefined : dirname(dirname(rest._LIB));
  const paths = (pythonPath ?? "").split(":").filter((path) => path !== "" && path !== ofHost);
  return { ...rest, ...(paths.length === 0 ? {} : { PYTHONPATH: paths.join(":") }), HOME: "/root", PATH: HOST_PATH };
}
