// Which Debian packages are needed, by the package lists that apt has on this machine.
import { execFileSync, spawnSync } from "node:child_process";
import { LEFT_OUT, WANTED } from "./recipe/package-names.mjs";

/**
 * @typedef {object} DebianPackage
 * @property {string} name
 * @property {string} version
 * @property {string} sha256 of the .deb
 * @property {string} summary
 * @property {readonly string[]} depends names of other packages of the closure
 */

/** The wanted packages and all they depend on, ordered by name. @returns {readonly DebianPackage[]} */
export function debianClosure() {
  const lists = execFileSync("apt-cache", ["dumpavail"], { encoding: "utf8", maxBuffer: 1 << 30 });
  const available = newestOfEach(lists);
  if (!available.has("libc6")) throw new Error('apt has no package lists: run "apt-get update" first');
  const chosen = new Map();
  const choose = chooser(available, chosen);
  const missing = [];
  for (const todo = [...WANTED]; todo.length > 0; ) {
    const name = /** @type {string} */ (todo.shift());
    if (chosen.has(name)) continue;
    const fields = available.get(name);
    if (!fields) {
      missing.push(name);
      continue;
    }
    chosen.set(name, undefined);
    const depends = [...alternatives(fields.Depends), ...alternatives(fields["Pre-Depends"])]
      .map(choose)
      .filter((one) => one !== undefined && one !== name);
    todo.push(...depends);
    chosen.set(name, {
      name,
      version: fields.Version,
      sha256: fields.SHA256,
      summary: fields.Description ?? name,
      depends: [...new Set(depends)].sort(),
    });
  }
  if (missing.length > 0) throw new Error(`apt offers no package ${missing.map((one) => `"${one}"`).join(", ")}`);
  return [...chosen.values()].sort((one, other) => (one.name < other.name ? -1 : 1));
}

/** Fields of the newest version of each package that this architecture can use. @param {string} lists */
function newestOfEach(lists) {
  const newest = new Map();
  for (const stanza of lists.split("\n\n")) {
    const fields = Object.fromEntries([...stanza.matchAll(/^([\w-]+): (.*)$/gm)].map(([, key, value]) => [key, value]));
    if (fields.Architecture !== "amd64" && fields.Architecture !== "all") continue;
    const known = newest.get(fields.Package);
    if (!known || isNewer(fields.Version, known.Version)) newest.set(fields.Package, fields);
  }
  return newest;
}

function isNewer(one, other) {
  return one !== other && spawnSync("dpkg", ["--compare-versions", one, "gt", other]).status === 0;
}

/** Dependency groups, each a list of alternative names. @param {string} [field] */
function alternatives(field = "") {
  return field
    .split(",")
    .map((group) => group.split("|").map((one) => one.trim().split(/[ :([]/)[0]))
    .filter(([first]) => first !== "");
}

/** Picks of a group what is chosen already, otherwise the first that exists; nothing where it is left out. */
function chooser(available, chosen) {
  const providers = new Map();
  for (const [name, fields] of available) {
    for (const [provided] of alternatives(fields.Provides)) {
      providers.set(provided, [...(providers.get(provided) ?? []), name].sort());
    }
  }
  const isTaken = (name) => chosen.has(name) || WANTED.includes(name);
  const providersOf = (name) => (providers.get(name) ?? []).filter((one) => !LEFT_OUT.has(one));
  return (group) => {
    if (group.some((name) => LEFT_OUT.has(name))) return undefined;
    return (
      group.find(isTaken) ??
      group.flatMap(providersOf).find(isTaken) ??
      group.flatMap((name) => (available.has(name) ? [name] : providersOf(name).slice(0, 1)))[0]
    );
  };
}
