import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { makeRepository } from "./make-repository.mjs";
import { runProgram } from "./recipe/run-program.mjs";

const SCRIPTS = ["compose-tree.sh", "arrange-tree.sh"].map((name) => fileURLToPath(new URL(name, import.meta.url)));

/**
 * Makes an ostree repository with two commits, of the packages of a release in state 1 and in state 2, as Fedora's
 * releng made the trees of Fedora Atomic from Fedora's packages. One that is made of the same is kept.
 *
 * @param {import("./recipe/releases.mjs").Release} release
 * @param {string} directory
 * @param {{ cache: string }} options
 * @returns {Promise<{ repository: string, branch: string, first: string, second: string }>}
 */
export async function composeTree(release, directory, { cache }) {
  mkdirSync(cache, { recursive: true });
  const work = mkdtempSync(join(cache, "tree-work-"));
  try {
    const branch = `fedora-atomic/f${release.version}/x86_64/docker-host`;
    for (const state of [1, 2]) await makeRepository(release, join(work, `${state}`), { state, cache });
    const kept = join(cache, `tree-${release.name}-${keyOf(work)}`);
    if (!existsSync(kept)) {
      const [compose] = SCRIPTS;
      await runProgram(["unshare", "--mount", "bash", compose, work, release.version, branch]);
      if (!existsSync(kept)) renameSync(join(work, "result"), kept);
    }
    rmSync(directory, { recursive: true, force: true });
    cpSync(kept, directory, { recursive: true });
    const [first, second] = readFileSync(join(directory, "commits"), "utf8").trim().split("\n");
    return { repository: join(directory, "repo"), branch, first, second };
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** What decides the tree: the packages, whose index holds their checksums, and the scripts. */
function keyOf(work) {
  const hash = createHash("sha256");
  for (const script of SCRIPTS) hash.update(readFileSync(script));
  for (const state of ["1", "2"]) {
    const repodata = join(work, state, "repodata");
    // The name of each file of the index begins with its checksum.
    hash.update(JSON.stringify(readdirSync(repodata).sort()));
  }
  return hash.digest("hex").slice(0, 32);
}
