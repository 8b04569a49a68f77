import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { debianClosure } from "./debian-closure.mjs";
import { buildRpm } from "./recipe/build-rpm.mjs";
import { convertDebianPackage } from "./recipe/debian-package.mjs";
import { isUpdated, updatePackage } from "./recipe/newer-state.mjs";
import { fedoraName } from "./recipe/package-names.mjs";
import { PackageTree } from "./recipe/package-tree.mjs";
import { runProgram } from "./recipe/run-program.mjs";
import { WRITTEN } from "./recipe/written-packages.mjs";

/** A package that is to be: what decides its bytes, and what makes its tree. @typedef {object} PlannedPackage
 * @property {string} name
 * @property {string} key
 * @property {import("./debian-closure.mjs").DebianPackage} [debian]
 * @property {import("./recipe/written-packages.mjs").WrittenPackage} [written]
 */

/**
 * Makes the packages of a release, or takes those that lie in the cache already.
 *
 * @param {import("./recipe/releases.mjs").Release} release
 * @param {{ state: number, cache: string }} options
 * @returns {Promise<readonly string[]>} the files, ordered
 */
export async function makePackages(release, { state, cache }) {
  const planned = await planPackages(release, state);
  const folder = ({ name, key }) => join(cache, `${name}-${key}`);
  const missing = planned.filter((one) => !existsSync(folder(one)));
  mkdirSync(cache, { recursive: true });
  const work = mkdtempSync(join(cache, "work-"));
  try {
    const files = await download(
      missing.flatMap(({ debian }) => debian ?? []),
      join(work, "debs"),
    );
    await together(missing, async (one) => {
      const own = join(work, one.name);
      const tree = new PackageTree(join(own, "root"));
      tree.directory("/");
      const rpm = await makeTree(one, tree, files);
      await buildRpm(updatePackage(rpm, tree, state), tree, { work: join(own, "build"), into: join(own, "result") });
      // Whole or not at all: someone else may be making the same.
      if (!existsSync(folder(one))) renameSync(join(own, "result"), folder(one));
      rmSync(own, { recursive: true });
    });
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return planned.flatMap((one) => readdirSync(folder(one)).map((name) => join(folder(one), name))).sort();
}

/** @param {import("./recipe/releases.mjs").Release} release @param {number} state */
async function planPackages(release, state) {
  const recipe = [await runProgram(["rpmbuild", "--version"]), ...recipeTexts()];
  const key = (...parts) => {
    const hash = createHash("sha256").update(JSON.stringify([recipe, ...parts]));
    return hash.digest("hex").slice(0, 32);
  };
  const written = { ...WRITTEN, ...release.packages };
  /** @type {PlannedPackage[]} */
  const packages = debianClosure().map((debian) => {
    const name = fedoraName(debian.name);
    return { name, debian, key: key(debian, isUpdated(name, state) ? state : 1) };
  });
  const ofRelease = (name) => (name in release.packages ? release.name : "");
  const others = Object.entries(written).map(([name, one]) => ({
    name,
    written: one,
    key: key(name, ofRelease(name)),
  }));
  return [...packages, ...others];
}

function recipeTexts() {
  const folder = fileURLToPath(new URL("recipe/", import.meta.url));
  return readdirSync(folder)
    .sort()
    .map((name) => readFileSync(join(folder, name), "utf8"));
}

/** @param {PlannedPackage} planned @param {PackageTree} tree @param {ReadonlyMap<string, string>} files */
async function makeTree({ name, debian, written }, tree, files) {
  if (debian) return convertDebianPackage(debian, /** @type {string} */ (files.get(debian.name)), tree);
  const { version, requires = [], provides = [], configuration = [], write } = written ?? { version: "1" };
  await write?.(tree);
  const summary = `synthetic ${name}`;
  return { name, version, summary, requires, provides, scriptlets: {}, configuration: new Set(configuration) };
}

/** Fetches .debs with apt. @returns {Promise<ReadonlyMap<string, string>>} the files by package */
async function download(packages, folder) {
  mkdirSync(folder);
  if (packages.length > 0) {
    const names = packages.map(({ name, version }) => `${name}=${version}`);
    await runProgram(["apt-get", "-o", "APT::Sandbox::User=root", "-q", "download", ...names], { cwd: folder });
  }
  return new Map(readdirSync(folder).map((file) => [file.split("_")[0], join(folder, file)]));
}

/** As many at a time as the machine has processors. @template T @param {readonly T[]} all @param {(one: T) => Promise<void>} work */
async function together(all, work) {
  const left = [...all];
  const worker = async () => {
    for (let one = left.shift(); one !== undefined; one = left.shift()) await work(one);
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
}
