import { readdirSync, readFileSync } from "node:fs";
import { delimiter, dirname, join, resolve } from "node:path";
import { realPath } from "./real-path.js";
import { statsAt } from "./stats-at.js";

/** diskimage-builder as it is installed on this machine; all paths are absolute. */
export interface UpstreamInstallation {
  /** Directory of upstream's elements. */
  readonly elements: string;
  /** Directory of `disk-image-create` and its function files, which scripts know as `_LIB`. */
  readonly lib: string;
  /** The `diskimage_builder` Python package, in which both lie. */
  readonly package: string;
  /** Such as `3.13.0`; undefined in a source checkout that was never installed. */
  readonly version?: string;
}

/** What to do where it is missing, for the help of messages. */
export const INSTALL_UPSTREAM =
  'install it, for instance with "apt-get install python3-diskimage-builder" or "pip install diskimage-builder"';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Where diskimage-builder is installed; undefined when it is not. Looked for, in this order: `DIB_LIB` (upstream's
 * `lib` directory, its package, or a source checkout), the active virtual environment, the Python that
 * `disk-image-create` on the PATH belongs to, pipx, pyenv, the user's site-packages, then the system's.
 */
export function upstreamInstallation(env: Environment): UpstreamInstallation | undefined {
  for (const candidate of candidates(env)) {
    const found = installationAt(candidate);
    if (found) return found;
  }
  return undefined;
}

function* candidates(env: Environment): Generator<string> {
  const override = env.DIB_LIB;
  if (override) yield* [override, dirname(override), join(override, "diskimage_builder")];
  if (env.VIRTUAL_ENV) yield* packagesUnder(env.VIRTUAL_ENV);
  for (const directory of (env.PATH ?? "").split(delimiter)) {
    const program = directory === "" ? undefined : realPath(join(directory, "disk-image-create"));
    if (program !== undefined) yield* packagesUnder(dirname(dirname(program)));
  }
  const home = env.HOME;
  const pipx = env.PIPX_HOME ?? (home && join(home, ".local/share/pipx"));
  if (pipx) yield* packagesUnder(join(pipx, "venvs/diskimage-builder"));
  if (home) yield* packagesUnder(join(home, ".local/pipx/venvs/diskimage-builder"));
  const pyenv = env.PYENV_ROOT ?? (home && join(home, ".pyenv"));
  if (pyenv)
    for (const version of namesIn(join(pyenv, "versions"))) yield* packagesUnder(join(pyenv, "versions", version));
  if (home) yield* packagesUnder(join(home, ".local"));
  yield* packagesUnder("/usr/local");
  yield* packagesUnder("/usr");
}

/** Where Pythons under a prefix keep packages, the newest Python first. */
function* packagesUnder(prefix: string): Generator<string> {
  const pythons = namesIn(join(prefix, "lib")).filter((name) => /^python3(\.\d+)?$/.test(name));
  const minor = (name: string) => Number(name.split(".")[1] ?? Number.POSITIVE_INFINITY);
  for (const python of pythons.sort((a, b) => minor(b) - minor(a))) {
    for (const site of ["site-packages", "dist-packages"]) yield join(prefix, "lib", python, site, "diskimage_builder");
  }
}

function installationAt(directory: string): UpstreamInstallation | undefined {
  const path = resolve(directory);
  const elements = join(path, "elements");
  const lib = join(path, "lib");
  if (!isDirectory(elements) || !isFile(join(lib, "common-functions"))) return undefined;
  const version = versionBeside(path);
  return { elements, lib, package: path, ...(version !== undefined && { version }) };
}

/** From the `Version:` header of the metadata that pip or dpkg put beside the package. */
function versionBeside(path: string): string | undefined {
  const site = dirname(path);
  for (const name of namesIn(site)) {
    if (!/^diskimage[_-]builder(-.*)?\.(dist|egg)-info$/.test(name)) continue;
    for (const file of ["METADATA", "PKG-INFO", ""]) {
      const text = textAt(join(site, name, file));
      const version = text === undefined ? undefined : /^Version:\s*(\S+)/m.exec(text)?.[1];
      if (version !== undefined) return version;
    }
  }
  return undefined;
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory).sort();
  } catch {
    return [];
  }
}

function textAt(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

function isDirectory(path: string): boolean {
  return statsAt(path)?.isDirectory() ?? false;
}

function isFile(path: string): boolean {
  return statsAt(path)?.isFile() ?? false;
}

/** The diskimage-builder whose elements are in reach of a catalog, with its version where that can be told. */
export interface UpstreamInReach {
  /** Directory of its elements, as the path of the catalog gives it. */
  readonly elements: string;
  /** Such as `3.13.0`; undefined for a checkout that carries neither metadata nor tags. */
  readonly version?: string;
}

/**
 * Which diskimage-builder an ELEMENTS_PATH has in it. Its version is what pip or dpkg wrote beside the package, else
 * what a release or an editable installation wrote beside the sources, else the newest tag of the git checkout.
 */
export function upstreamInReach(paths: readonly string[]): UpstreamInReach | undefined {
  for (const elements of paths) {
    const path = dirname(realPath(resolve(elements)) ?? resolve(elements));
    if (!isFile(join(path, "lib", "common-functions"))) continue;
    const version = versionBeside(path) ?? versionOfSources(dirname(path));
    return { elements, ...(version !== undefined && { version }) };
  }
  return undefined;
}

function versionOfSources(root: string): string | undefined {
  const release = textAt(join(root, "PKG-INFO"));
  const written = release === undefined ? undefined : /^Version:\s*(\S+)/m.exec(release)?.[1];
  if (written !== undefined) return written;
  const named = /diskimage[-_]builder-(\d+(?:\.\d+)+)$/.exec(root)?.[1];
  return named ?? newestTag(join(root, ".git"));
}

/** Of a clone; a checkout of an older branch has the tags of newer ones only when all were fetched. */
function newestTag(git: string): string | undefined {
  const packed = [...(textAt(join(git, "packed-refs")) ?? "").matchAll(/ refs\/tags\/(\S+)$/gm)].map(([, tag]) => tag);
  const tags = [...packed, ...namesIn(join(git, "refs", "tags"))].filter((tag) => /^\d+(\.\d+)+$/.test(tag ?? ""));
  return (tags as string[]).sort(compareVersions).at(-1);
}

/** Orders versions such as `3.9.1` and `3.13.0.dev4` by their numbers; text in them counts for nothing. */
export function compareVersions(a: string, b: string): number {
  const numbers = (version: string) => version.split(/\D+/).filter(Boolean).map(Number);
  const [first, second] = [numbers(a), numbers(b)];
  for (let at = 0; at < Math.max(first.length, second.length); at += 1) {
    const difference = (first[at] ?? 0) - (second[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
