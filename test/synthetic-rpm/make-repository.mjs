import { copyFileSync, linkSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { makePackages } from "./make-packages.mjs";
import { PACKAGE_TIME } from "./recipe/rpm-spec.mjs";
import { runProgram } from "./recipe/run-program.mjs";

/**
 * Makes `directory` a repository that dnf reads, in the place of one that is there.
 *
 * @param {import("./recipe/releases.mjs").Release} release
 * @param {string} directory
 * @param {{ state: number, cache: string }} options
 * @returns {Promise<number>} how many packages it has
 */
export async function makeRepository(release, directory, options) {
  const files = await makePackages(release, options);
  const fresh = `${directory}.new`;
  rmSync(fresh, { recursive: true, force: true });
  mkdirSync(fresh, { recursive: true });
  for (const file of files) linkOrCopy(file, join(fresh, basename(file)));
  // The time is part of the index; the list of changed files is there only when someone asks for it.
  const time = ["--revision", `${PACKAGE_TIME}`, "--set-timestamp-to-revision"];
  await runProgram(["createrepo_c", "--quiet", "--no-database", ...time, fresh]);
  rmSync(directory, { recursive: true, force: true });
  renameSync(fresh, directory);
  return files.length;
}

function linkOrCopy(from, to) {
  try {
    linkSync(from, to);
  } catch {
    copyFileSync(from, to); // On another filesystem.
  }
}
