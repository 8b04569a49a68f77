import { readdirSync, readFileSync } from "node:fs";
import { delimiter, dirname, join, resolve } from "node:path";
import { compareVersions } from "./compare-versions.js";
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
  /** Such as `3.13.0`; undefined for a checkout that carries neither metadata nor tags. */
  readonly version?: string;
  /** The interpreter that it was installed for. */
  readonly python: string;
  /** What has to be on PYTHONPATH so that this interpreter finds it; undefined when it does so by itself. */
  readonly pythonPath?: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

const SYSTEM_PYTHON = "/usr/bin/python3";

/**
 * Where diskimage-builder is installed; undefined when it is not. `DIB_LIB` (upstream's `lib` directory, its package, or
 * a source checkout) decides it alone. Otherwise it is looked for, in this order, in the active virtual environment, the
 * Python that `disk-image-create` on the PATH belongs to, pipx, pyenv, the user's site-packages, then the system's. In
 * each of them an editable installation (`pip install -e`, `setup.py develop`) counts as its checkout.
 */
export function upstreamInstallation(env: Environment): UpstreamInstallation | undefined {
  for (const candidate of candidates(env)) {
    const found = installationAt(candidate, env);
    if (found) return found;
  }
  return undefined;
}

function* candidates(env: Environment): Generator<string | EditableInstallation> {
  const override = env.DIB_LIB;
  if (override) {
    // Without it another version would be used than the one that was asked for.
    yield* [override, dirname(override), join(override, "diskimage_builder")];
    return;
  }
  if (env.VIRTUAL_ENV) yield* packagesUnder(env.VIRTUAL_ENV);
  for (const directory of (env.PATH ?? "").split(delimiter)) {
    const program = directory === "" ? undefined : realPath(join(directory, "disk-image-create"));
    if (program !== undefined) yield* packagesUnder(dirname(dirname(program)));
  }
  const home = env.HOME;
  const pipx = env.PIPX_HOME || (home && join(home, ".local/share/pipx"));
  if (pipx) yield* packagesUnder(join(pipx, "venvs/diskimage-builder"));
  if (home) yield* packagesUnder(join(home, ".local/pipx/venvs/diskimage-builder"));
  const pyenv = env.PYENV_ROOT || (home && join(home, ".pyenv"));
  if (pyenv)
    for (const version of namesIn(join(pyenv, "versions"))) yield* packagesUnder(join(pyenv, "versions", version));
  if (home) yield* packagesUnder(join(home, ".local"));
  yield* packagesUnder("/usr/local");
  yield* packagesUnder("/usr");
}

/** Where Pythons under a prefix keep packages, the newest Python first. */
function* packagesUnder(prefix: string): Generator<string | EditableInstallation> {
  const pythons = namesIn(join(prefix, "lib")).filter((name) => /^python3(\.\d+)?$/.test(name));
  const minor = (name: string) => Number(name.split(".")[1] ?? Number.POSITIVE_INFINITY);
  for (const python of pythons.sort((a, b) => minor(b) - minor(a))) {
    for (const name of ["site-packages", "dist-packages"]) {
      const site = join(prefix, "lib", python, name);
      yield join(site, "diskimage_builder");
      for (const path of editablePaths(site)) yield { directory: join(path, "diskimage_builder"), prefix };
    }
  }
}

interface EditableInstallation {
  readonly directory: string;
  /** Of the Python that finds it. */
  readonly prefix: string;
}

/** Directories that Python also looks for packages in, as files of a site directory say it. */
function editablePaths(site: string): readonly string[] {
  return namesIn(site).flatMap((name) => {
    const text = (pattern: RegExp) => (pattern.test(name) ? (textAt(join(site, name)) ?? "") : "");
    // setup.py develop; pip install -e with and without a finder of setuptools.
    const [link] = text(/^diskimage[_-]builder\.egg-link$/).split("\n");
    const lines = text(/\.pth$/)
      .split("\n")
      .filter((line) => line !== "" && !/^(import[\s]|#)/.test(line));
    const mapped = /["']diskimage_builder["']:\s*["']([^"']+)["']/.exec(
      text(/^__editable___diskimage_builder_.*\.py$/),
    )?.[1];
    const found = [link ?? "", ...lines, mapped === undefined ? "" : dirname(mapped)].map((path) => path.trim());
    return found.filter((path) => path !== "").map((path) => resolve(site, path));
  });
}

function installationAt(candidate: string | EditableInstallation, env: Environment): UpstreamInstallation | undefined {
  const { directory, prefix: editable } =
    typeof candidate === "string" ? { directory: candidate, prefix: undefined } : candidate;
  const path = resolve(directory);
  const elements = join(path, "elements");
  const lib = join(path, "lib");
  if (!isDirectory(elements) || !isFile(join(lib, "common-functions"))) return undefined;
  const version = versionOf(path);
  const prefix = editable ?? prefixOf(path);
  const python = prefix === undefined ? undefined : pythonOf(prefix);
  return {
    ...{ elements, lib, package: path },
    ...(version !== undefined && { version }),
    ...(python === undefined
      ? { python: (env.VIRTUAL_ENV && pythonOf(env.VIRTUAL_ENV)) || SYSTEM_PYTHON, pythonPath: dirname(path) }
      : { python }),
  };
}

/** Of a package in the site directory of some Python. */
function prefixOf(path: string): string | undefined {
  return /^(.*)\/lib\/python3[^/]*\/(?:site|dist)-packages\/diskimage_builder$/.exec(path)?.[1];
}

function pythonOf(prefix: string): string | undefined {
  return [join(prefix, "bin/python3"), ...(prefix === "/usr/local" ? [SYSTEM_PYTHON] : [])].find(isFile);
}

function versionOf(path: string): string | undefined {
  return versionBeside(path) ?? versionOfSources(dirname(path));
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
    const version = versionOf(path);
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
