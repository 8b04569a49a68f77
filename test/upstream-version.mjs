// Other versions of diskimage-builder than the installed one, from Debian's packages, unpacked and not installed.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { unpackPackagesOf } from "./debian-packages.mjs";

/** Debian's releases, the newest first. */
const RELEASES = ["sid", "trixie", "bookworm"];
const SITE = "usr/lib/python3/dist-packages";
const KEPT = join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "dibkit-tests", "upstream");

/**
 * Directory of the Python package `diskimage_builder` of a version such as "3.37". It is kept in the user's cache
 * directory, so it is fetched once. Throws when no release of Debian has it.
 */
export function upstreamVersion(version) {
  const known = namesIn(KEPT).find((name) => name.startsWith(`${version}.`));
  if (known !== undefined) return packageIn(known);
  for (const release of RELEASES) {
    const found = upstreamOf(release);
    if (found.version.startsWith(`${version}.`)) return found.directory;
  }
  throw new Error(`no release of Debian (${RELEASES.join(", ")}) has diskimage-builder ${version}`);
}

/** The same of the version that a release of Debian has today; the lists of packages are looked at each time. */
export function upstreamOf(release) {
  mkdirSync(KEPT, { recursive: true });
  const work = mkdtempSync(join(KEPT, ".partial-"));
  try {
    const root = unpackPackagesOf(release, work, ["python3-diskimage-builder"]);
    const version = namesIn(join(root, SITE)).flatMap(
      (name) => /^diskimage_builder-(.*)\.egg-info$/.exec(name)?.[1] ?? [],
    )[0];
    if (version === undefined) throw new Error(`the package of ${release} does not tell its version`);
    keep(root, join(KEPT, version));
    return { version, directory: packageIn(version) };
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function keep(from, to) {
  try {
    renameSync(from, to);
  } catch (error) {
    // It is there already, perhaps since a moment ago by another process.
    if (!existsSync(to)) throw error;
  }
}

function packageIn(version) {
  return join(KEPT, version, SITE, "diskimage_builder");
}

function namesIn(directory) {
  return existsSync(directory) ? readdirSync(directory) : [];
}
