import { existsSync, readdirSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { type Element, loadElement, PHASES, statsAt } from "@dibkit/model";

/** What only the directory of an element has. */
const SIGNS = [
  "README.rst",
  "element-deps",
  "element-provides",
  "package-installs.yaml",
  "package-installs.json",
  "pkg-map",
  "svc-map",
  "environment.d",
  "static",
  "bin",
  ...PHASES.map((phase) => phase.name),
];

/** Elements that directories mean: each is one itself, or holds some. Undefined for what is neither. */
export function elementsIn(directory: string): readonly Element[] | undefined {
  const path = resolve(directory);
  if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) return undefined;
  if (isElement(path)) return load(path);
  const below = readdirSync(path, { withFileTypes: true })
    .filter((entry) => !entry.name.startsWith(".") && entry.name !== "__pycache__")
    .map((entry) => join(path, entry.name))
    .filter((each) => statsAt(each)?.isDirectory() && isElement(each))
    .sort();
  return below.length === 0 ? undefined : below.flatMap(load);
}

function isElement(path: string): boolean {
  return SIGNS.some((sign) => existsSync(join(path, sign)));
}

function load(path: string): readonly Element[] {
  const loaded = loadElement(path);
  return loaded.ok ? [loaded.value] : [];
}
