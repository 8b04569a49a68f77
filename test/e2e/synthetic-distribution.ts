import { mkdirSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "vitest";
import { serveRepository } from "../synthetic-rpm/serve-repository.mjs";
import { upstreamVersion } from "../upstream-version.mjs";
import { runProgram } from "./dibkit.js";

const KEPT = join(homedir(), ".cache/dibkit-tests");
const KIT = fileURLToPath(new URL("../synthetic-rpm/synthetic-rpm.mjs", import.meta.url));

export interface Distribution {
  readonly url: string;
  readonly port: number;
  /** What builds need in their environment. */
  readonly environment: Readonly<Record<string, string>>;
  close(): void;
}

/** Makes a synthetic distribution as a user does, and serves it. Test files wait for each other's packages. */
export async function distribution(
  release: string,
  directory: string,
  words: readonly string[] = [],
): Promise<Distribution> {
  mkdirSync(KEPT, { recursive: true });
  const command = [process.execPath, KIT, "--release", release, "--out", directory, ...words];
  const made = await runProgram(["flock", join(KEPT, "synthetic-rpm.lock"), ...command]);
  expect(made, made.stderr).toMatchObject({ exitCode: 0 });
  return serveRepository(directory);
}

/** Commits of the tree that the kit has made in a directory. */
export function treeCommits(directory: string): { readonly first: string; readonly second: string } {
  const [first = "", second = ""] = readFileSync(join(directory, "tree/commits"), "utf8").trim().split("\n");
  return { first, second };
}

/** The environment of builds with the upstream of Debian 13, which is newer than the one of Debian 12. */
export function newerUpstream(): Readonly<Record<string, string>> {
  return { DIB_LIB: join(upstreamVersion("3.37"), "lib") };
}
