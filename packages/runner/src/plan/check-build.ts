import { accessSync, constants, existsSync, statfsSync, statSync } from "node:fs";
import { dirname } from "node:path";
import {
  ELEMENT_TOOLS,
  findProgram,
  type HostTool,
  missingPrivilege,
  REGISTRY_TOOLS,
  RUNNER_TOOLS,
  rpmHostTroubles,
  uniqueTools,
  YUM_CHROOT,
} from "@dibkit/exec";
import {
  type Diagnostic,
  type DiskPlan,
  type Element,
  flagWord,
  type Location,
  mustBeSet,
  parseWhen,
  systemTrouble,
  textOf,
  upstreamHas,
  viewsOf,
} from "@dibkit/model";
import { DISK_ASSEMBLERS } from "../disk/disk-assemblers.js";
import { checkFormats } from "../formats/check-formats.js";
import { dockerEndpoint, dockerSocket } from "../formats/docker-daemon.js";
import { networksOf } from "../host/network/choose-network.js";
import type { BuildRequest } from "../job/build-request.js";
import { wrongAge } from "../layers/layer-age.js";
import { pruneCommand } from "../layers/prune-store.js";
import { readSecretKey, readTrustedKeys } from "../remote/cache-keys.js";
import { cacheTrouble } from "../remote/remote-layers.js";
import { checkEnvironment } from "./check-environment.js";
import { checkForeign } from "./check-foreign.js";
import { checkValues } from "./check-values.js";
import type { DiskWayChoice } from "./choose-disk-way.js";
import { formatRequest } from "./format-request.js";
import type { HooksTree } from "./hooks-tree.js";
import type { EnvironmentStage } from "./known-environment.js";
import type { KnownValues } from "./plan-packages.js";
import { sourceDate } from "./source-date.js";

export interface BuildChecks {
  readonly request: BuildRequest;
  readonly image: string;
  readonly elements: readonly Element[];
  readonly hooks: HooksTree;
  /** The planned disk and how it is made; undefined when something is wrong with its configuration. */
  readonly disk: (DiskWayChoice & { readonly plan: DiskPlan }) | undefined;
  readonly values: KnownValues;
  /** The environment files that `values` come of. */
  readonly stages: readonly EnvironmentStage[];
}

/** The program that makes a root from a container image. */
function containerTool({ environment, upstreamVersion }: BuildRequest): HostTool {
  const asked = upstreamHas("containerRuntimeVariable", upstreamVersion) ? environment.DIB_CONTAINERFILE_RUNTIME : "";
  const program = asked || "podman";
  const debianPackage = program === "docker" ? "docker.io" : program;
  return { program, debianPackage, purpose: "make a root from a container image" };
}

const GIB = 1024 ** 3;
const LEAST_FREE_BYTES = 2 * GIB;

/**
 * Everything that would make the build fail and can be known now, in one list. A plan that is only read (`readOnly`) is
 * not asked for the privileges of a build.
 */
export async function checkBuild(checks: BuildChecks, readOnly = false): Promise<readonly Diagnostic[]> {
  // A plan is for everybody.
  const privilege = readOnly ? undefined : missingPrivilege();
  return [
    ...(privilege === undefined ? [] : [error("needs-root", privilege.message, privilege.help)]),
    ...checkTools(checks),
    ...checkRpmHost(checks),
    ...(checks.disk?.diagnostics ?? []),
    ...checkFormatRequest(checks),
    ...(await checkDocker(checks.request)),
    // What this user may not write says nothing of the root who is to build.
    ...checkPlaces(checks, privilege === undefined),
    ...checkConditions(checks),
    ...checkRequired(checks),
    ...checkValues(checks.request),
    ...checkForeign(checks.request, checks.elements),
    ...checkEnvironment(checks.stages),
    ...checkAge(checks.request),
    ...checkRegistries(checks.request),
    ...checkKeys(checks.request),
    ...checkSourceDate(checks.request),
  ];
}

function checkAge({ maxAge }: BuildRequest): readonly Diagnostic[] {
  const wrong = maxAge === undefined ? undefined : wrongAge(maxAge);
  if (wrong === undefined) return [];
  const help = "write it like 30m, 12h, 7d or 2w, for one phase like install.d=7d";
  return [error("unknown-age", `"${wrong}" is not an age of a layer`, help)];
}

function checkRegistries({ cacheFrom = [], cacheTo }: BuildRequest): readonly Diagnostic[] {
  const words = [
    ...cacheFrom.map((word) => ["cacheFrom", word] as const),
    ...(cacheTo === undefined ? [] : [["cacheTo", cacheTo] as const]),
  ];
  return words.flatMap(([flag, word]) => {
    const trouble = cacheTrouble(flag, word);
    const help = "name a repository of an OCI registry, such as registry.example.org/team/cache";
    return trouble === undefined
      ? []
      : [error("cache-registry", `${flagWord(flag)} is "${word}" but ${trouble}`, help)];
  });
}

function checkKeys(request: BuildRequest): readonly Diagnostic[] {
  const keys = readTrustedKeys(request);
  const secret = readSecretKey(request);
  return [...(keys.ok ? [] : keys.error), ...(secret.ok ? [] : [secret.error])].map(({ flag, file, message, help }) =>
    error("cache-key", `${flagWord(flag)} is "${file}" but that ${message}`, help),
  );
}

function checkSourceDate({ environment }: BuildRequest): readonly Diagnostic[] {
  const { SOURCE_DATE_EPOCH: text = "" } = environment;
  if (text === "" || sourceDate(environment) !== undefined) return [];
  const message = `SOURCE_DATE_EPOCH is "${text}" but must be a number of seconds since 1970`;
  return [error("source-date", message, 'set it like "SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)"')];
}

function error(code: string, message: string, help?: string, location?: Location): Diagnostic {
  return {
    code,
    severity: "error",
    message,
    ...(help === undefined ? {} : { help }),
    ...(location === undefined ? {} : { location }),
  };
}

function checkTools({ request, elements, disk, image }: BuildChecks): readonly Diagnostic[] {
  const wanted = uniqueTools([
    ...RUNNER_TOOLS,
    ...elements.flatMap(({ name }) => ELEMENT_TOOLS[name] ?? []),
    ...(elements.some(({ name }) => name === "containerfile") ? [containerTool(request)] : []),
    ...(disk === undefined ? [] : toolsOf(disk, request)),
    ...checkFormats(formatRequest(request, image)).tools,
    ...networksOf(request).flatMap(({ tools }) => tools),
    ...(request.cacheTo === undefined && (request.cacheFrom ?? []).length === 0 ? [] : REGISTRY_TOOLS),
  ]);
  return wanted
    .filter(({ program }) => findProgram(program, request.environment) === undefined)
    .map(({ program, debianPackage, purpose }) =>
      error(
        "missing-host-tool",
        `program "${program}" is missing, which is needed to ${purpose}`,
        debianPackage === ""
          ? "install it, or choose a type of filesystem that has a package: ext2, ext3, ext4, xfs, vfat, btrfs or swap"
          : `install the package ${debianPackage}, for instance with "apt-get install ${debianPackage}"`,
      ),
    );
}

function toolsOf(
  { plan, chosen }: NonNullable<BuildChecks["disk"]>,
  { environment }: BuildRequest,
): readonly HostTool[] {
  return DISK_ASSEMBLERS[chosen.way].tools(plan, sourceDate(environment) !== undefined);
}

/** Some of it is no program: a plugin of dnf's too many, or one too few. */
function checkRpmHost({ request, hooks }: BuildChecks): readonly Diagnostic[] {
  const entry = hooks.entries.get(YUM_CHROOT);
  if (entry?.file.kind !== "file") return [];
  const troubles = rpmHostTroubles(textOf(entry.element, entry.file).text, { env: request.environment });
  return troubles.map(({ message, help }) => error("missing-host-tool", message, help));
}

function checkFormatRequest({ request, image }: BuildChecks): readonly Diagnostic[] {
  const { failures } = checkFormats(formatRequest(request, image));
  return failures.map((failure) =>
    error("output-format", failure.message, "help" in failure ? failure.help : undefined),
  );
}

async function checkDocker({ formats, environment }: BuildRequest): Promise<readonly Diagnostic[]> {
  if (!formats.includes("docker") || findProgram("docker", environment) === undefined) return [];
  const instead = "format oci makes an archive without a daemon";
  const endpoint = await dockerEndpoint();
  if (endpoint === undefined) {
    const message = 'program "docker" has no contexts, so it is not the client of a docker daemon';
    return [error("docker-daemon", message, `install the package docker.io; ${instead}`)];
  }
  if (!endpoint.startsWith("unix://") || dockerSocket(endpoint) !== undefined) return [];
  const message = `no docker daemon listens at "${endpoint}"`;
  return [error("docker-daemon", message, `start it, or set DOCKER_HOST; ${instead}`)];
}

function checkPlaces({ request, image }: BuildChecks, mustWrite: boolean): readonly Diagnostic[] {
  const found: Diagnostic[] = [];
  const filesystems = new Map<number, readonly Place[]>();
  for (const [what, directory, option] of [
    ["output directory", dirname(image), "-o"],
    ["layer store", request.store, "--cache-dir or DIBKIT_CACHE"],
    ["image cache", request.imageCache, "--image-cache or DIB_IMAGE_CACHE"],
    ["directory of lock files", request.lockFiles, "DIB_LOCKFILES"],
    ...(request.logFile === undefined
      ? []
      : ([["directory of the log", dirname(request.logFile), "--logfile"]] as const)),
  ] as const) {
    const there = nearestExisting(directory);
    const why = mustWrite ? whyNotWritable(there) : undefined;
    if (why !== undefined) {
      const below = there === directory ? "" : ` in "${there}"`;
      const message = `the ${what} "${directory}" cannot be written: ${why}${below}`;
      found.push(error("not-writable", message, `choose another directory with ${option}`));
      continue;
    }
    const device = statSync(there).dev;
    filesystems.set(device, [...(filesystems.get(device) ?? []), { what, directory, there }]);
  }
  return [...found, ...[...filesystems.values()].flatMap((places) => checkSpace(places, request.store))];
}

interface Place {
  readonly what: string;
  readonly directory: string;
  /** The nearest directory above it that exists. */
  readonly there: string;
}

/** Places on one filesystem share its space, and a message. */
function checkSpace(places: readonly Place[], store: string): readonly Diagnostic[] {
  const { bavail, bsize } = statfsSync(places[0]?.there ?? "/");
  const free = bavail * bsize;
  if (free >= LEAST_FREE_BYTES) return [];
  const named = places.map(({ what, directory }) => `the ${what} "${directory}"`).join(" and ");
  const message = `only ${(free / GIB).toFixed(1)} GiB are free for ${named}`;
  // A store that is not there has no layers to remove.
  const hasLayers = places.some(({ directory, there }) => directory === store && there === store);
  const way = hasLayers ? `, such as with "${pruneCommand(store)}"` : "";
  const help = `free some space${way}, or choose another directory; a build needs about three times the size of its content`;
  return [{ ...error("little-space", message, help), severity: free < LEAST_FREE_BYTES / 8 ? "error" : "warning" }];
}

function nearestExisting(path: string): string {
  return existsSync(path) ? path : nearestExisting(dirname(path));
}

/** The reason in words. */
function whyNotWritable(directory: string): string | undefined {
  try {
    accessSync(directory, constants.W_OK);
    return undefined;
  } catch (error) {
    return systemTrouble(error)?.reason ?? String(error);
  }
}

/** What a README calls required, and nothing sets: a script will miss it, or make less than the element is for. */
function checkRequired({ elements, values }: BuildChecks): readonly Diagnostic[] {
  return elements.flatMap((element) =>
    (viewsOf(element).readme.value?.variables ?? [])
      .filter((variable) => mustBeSet(variable) && !(variable.name in values))
      .map(({ name, location }) => ({
        ...error("variable-required", `element "${element.name}" requires "${name}", which nothing sets`),
        severity: "warning" as const,
        help: `set ${name} in the environment of the build`,
        location,
      })),
  );
}

/** A `when` on a variable nobody sets ends an upstream build after minutes; one that does not parse does too. */
function checkConditions({ elements, values, hooks }: BuildChecks): readonly Diagnostic[] {
  if (!hooks.entries.has("bin/package-installs-squash")) return [];
  return elements.flatMap((element) =>
    viewsOf(element)
      .packageInstalls.value.flatMap(({ alternatives }) => alternatives.flatMap(({ when }) => when))
      .flatMap(({ text, location }) => {
        const condition = parseWhen(text);
        if (condition === undefined) {
          return [
            error(
              "when-malformed",
              `the condition "${text}" is not "NAME=value" or "NAME!=value"`,
              undefined,
              location,
            ),
          ];
        }
        if (condition.variable in values) return [];
        const message = `the condition "${text}" is about the variable "${condition.variable}", which nothing sets`;
        const help = `set it in environment.d of element "${element.name}", with a default`;
        return [error("when-variable-unset", message, help, location)];
      }),
  );
}
