import { type Dirent, readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";

/** Directories whose sub-directories are elements, and which of those were named one by one. */
export interface DiscoveredElements {
  /** Absolute, in the order found. */
  readonly directories: readonly string[];
  /** Absolute roots of elements that were named themselves; every other element of `directories` was meant too. */
  readonly single: readonly string[];
  /** Paths under which no element was found. */
  readonly without: readonly string[];
}

/** Control files of an element, and directories that only an element has. A README alone makes no element. */
const CONTROL_FILE =
  /^(element-deps|element-provides|package-installs\.(yaml|json)|pkg-map|svc-map|source-repository-.*)$/;
const ELEMENT_DIRECTORY =
  /^(environment\.d|(root|extra-data|pre-install|install|post-install|post-root|block-device|pre-finalise|finalise|cleanup)\.d)$/;
/** Names that are meant to be one of these; rule `control-file-name` says what is right. Programs are none. */
const MISSPELT =
  /^(elements?[-_](deps?|dependenc(y|ies)|provides?)|packages?[-_]installs?|pkg[-_]map|svc[-_]map)(\.(?!(py|pyc|sh|c|go|ts|js)$)\w+)?$/;
/** Directories in an element that hold anything, such as a program called `pkg-map`, and are no elements. */
const PART = /^(bin|static|init-scripts|containerfiles|[\w-]+\.d)$/;
/** Where a definition keeps the layout of control files, under their names. */
const LAYOUT = "layout";
const SKIPPED = /^(node_modules|dist|build|__pycache__|test-elements|\..*)$/;
// Element trees lie near the top of a repository: `elements/`, `diskimage_builder/elements/`, `images/dib/elements/`.
const DEEPEST = 4;

/** Finds the elements that paths mean: an element, a directory of elements, or a repository with such directories. */
export function discoverElements(paths: readonly string[]): DiscoveredElements {
  const directories = new Set<string>();
  const single: string[] = [];
  const without: string[] = [];
  const whole = new Set<string>();
  for (const path of paths.map((one) => resolve(one))) {
    if (isElement(path) && !subdirectories(path).some((name) => isElement(join(path, name)))) {
      directories.add(dirname(path));
      single.push(path);
      continue;
    }
    const found = treesUnder(path, DEEPEST);
    if (found.length === 0) without.push(path);
    for (const directory of found) {
      directories.add(directory);
      whole.add(directory);
    }
  }
  return { directories: [...directories], single: single.filter((path) => !whole.has(dirname(path))), without };
}

/** Whether a discovered element was meant by the paths. */
export function isMeant(root: string, discovered: DiscoveredElements): boolean {
  const directory = dirname(root);
  if (discovered.single.includes(root)) return true;
  const named = discovered.single.some((path) => dirname(path) === directory);
  return !named && discovered.directories.includes(directory);
}

function treesUnder(path: string, depth: number): string[] {
  const names = subdirectories(path).filter((name) => !SKIPPED.test(name));
  if (names.some((name) => isElement(join(path, name)))) return [path];
  return depth === 0 ? [] : names.flatMap((name) => treesUnder(join(path, name), depth - 1));
}

function isElement(path: string): boolean {
  const name = basename(path);
  if (SKIPPED.test(name) || PART.test(name)) return false;
  if (!entries(path).some(isSign)) return false;
  return !hasDefinition(path) && !(name === LAYOUT && hasDefinition(dirname(path)));
}

/** A module that defines elements has files of theirs beside it, as `dibkit import` writes them; these are no element. */
function hasDefinition(directory: string): boolean {
  return entries(directory).some((entry) => entry.isFile() && isDefinition(directory, entry));
}

function isDefinition(directory: string, entry: Dirent): boolean {
  if (!/\.[cm]?ts$/.test(entry.name)) return false;
  try {
    return /["']@dibkit\/model["']/.test(readFileSync(join(directory, entry.name), "utf8"));
  } catch {
    return false;
  }
}

/** A directory `pkg-map` is an element of this name, and the directory around it one of elements. */
function isSign(entry: Dirent): boolean {
  const { name } = entry;
  if (!entry.isFile() && ELEMENT_DIRECTORY.test(name)) return true;
  return !entry.isDirectory() && (CONTROL_FILE.test(name) || MISSPELT.test(name));
}

function subdirectories(path: string): string[] {
  return entries(path)
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
}

function entries(path: string): readonly Dirent[] {
  try {
    return readdirSync(path, { withFileTypes: true });
  } catch {
    return [];
  }
}
