import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "vitest";
import { unpackPackagesOf } from "../debian-packages.mjs";
import { serveRepository } from "../synthetic-rpm/serve-repository.mjs";
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
  const kept = join(KEPT, "upstream-trixie");
  if (!existsSync(kept)) {
    const work = mkdtempSync(`${kept}-`);
    unpackPackagesOf("trixie", work, ["python3-diskimage-builder"]);
    if (!existsSync(kept)) renameSync(join(work, "root"), kept);
    rmSync(work, { recursive: true, force: true });
  }
  return { DIB_LIB: join(kept, "usr/lib/python3/dist-packages/diskimage_builder/lib") };
}
