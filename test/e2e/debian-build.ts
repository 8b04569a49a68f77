import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect } from "vitest";
import { dibkit, layerStore, leftovers, type ProgramRun, type RunOptions, sharedStore } from "./dibkit.js";

/**
 * `dibkit build WORDS -o OUTPUT` with the layers of this test run: a build with the same variables has made the minimal
 * Debian already, and files that run at the same time wait for each other's layers. Fails with what the build printed, and when
 * mounts or loop devices of it are left.
 */
export async function buildOnDebian(
  words: readonly string[],
  output: string,
  options: RunOptions = {},
): Promise<ProgramRun> {
  const run = await dibkit(["build", ...words, "-o", output, ...sharedStore()], options);
  expect(run, run.stderr).toMatchObject({ exitCode: 0 });
  const directories = buildDirectories(resolve(options.cwd ?? ".", output));
  expect(directories).not.toEqual([]);
  for (const directory of directories) expect(await leftovers(directory)).toEqual([]);
  return run;
}

/** Where the store keeps builds of an output: other files may be building in it now. */
function buildDirectories(output: string): readonly string[] {
  const builds = join(layerStore(), "builds");
  return readdirSync(builds)
    .map((id) => join(builds, id))
    .filter((directory) => {
      const job = JSON.parse(readFileSync(join(directory, "job.json"), "utf8")) as { readonly image: string };
      return job.image === output;
    });
}
