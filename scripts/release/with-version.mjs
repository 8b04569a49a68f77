// One version in all that names it: manifests, the lock file, and the pages that say how to install.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Pages that name the version which a reader is to install. */
const PAGES = ["docs/authoring.md", "docs/editors.md", "docs/linting.md", "README.md"];

/**
 * The files that change, by path from the root: the text of each with another version. Packages of the workspace depend
 * on each other by exact numbers, since they are released together only.
 */
export function withVersion(root, current, version) {
  const directories = readdirSync(join(root, "packages")).map((name) => `packages/${name}`);
  const read = (path) => readFileSync(join(root, path), "utf8");
  const manifests = ["package.json", ...directories.map((path) => `${path}/package.json`)];
  const names = new Set(manifests.map((path) => JSON.parse(read(path)).name));
  const texts = new Map();
  for (const path of manifests) texts.set(path, json(bumped(JSON.parse(read(path)), names, version)));

  const lock = JSON.parse(read("package-lock.json"));
  lock.version = version;
  for (const path of ["", ...directories]) lock.packages[path] = bumped(lock.packages[path], names, version);
  texts.set("package-lock.json", json(lock));

  for (const path of PAGES) texts.set(path, installing(read(path), current, version));
  return new Map([...texts].filter(([path, text]) => text !== read(path)));
}

/** A manifest, or what the lock file says of one. */
function bumped(manifest, names, version) {
  const changed = { ...manifest, version };
  for (const field of ["dependencies", "devDependencies", "peerDependencies"]) {
    if (manifest[field] === undefined) continue;
    const others = Object.entries(manifest[field]).map(([name, range]) => [name, names.has(name) ? version : range]);
    changed[field] = Object.fromEntries(others);
  }
  return changed;
}

/** A page with the versions that a reader is told to install: a tag, a range, a file; what is only told stays. */
function installing(text, current, version) {
  const number = current.replaceAll(".", "\\.").replaceAll("+", "\\+");
  return text.replace(new RegExp(`(?<=\\bv|\\^|dibkit-vscode-)${number}(?![\\w.-]*\\d)`, "g"), version);
}

function json(value) {
  return `${JSON.stringify(value, null, 2)}\n`;
}
