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
