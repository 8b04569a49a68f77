import { readdir, rm } from "node:fs/promises";
import { resolve as resolvePath } from "node:path";
import type { BuildOptionValues } from "../building/build-options.js";
import { planImage } from "../building/plan-image.js";
import { reportBuild } from "../building/report-build.js";
import type { ExitCode } from "../command.js";
import { MODULE } from "../project/select-image.js";
import { type Terminal, usageFailure, writeTail, writeTrouble } from "../terminal.js";
import { buildForLock } from "./build-for-lock.js";
import { conflictsWithLock } from "./lock-conflicts.js";
import { readLock } from "./read-lock.js";

interface LockedOptions extends BuildOptionValues {
  readonly lockFile: string;
  /** Directory of elements that "dibkit bisect" adds to change what the lock has. */
  readonly withElements: string | undefined;
  readonly verify: boolean;
  readonly all: boolean;
  readonly verbose: boolean;
  readonly engine: string;
}

/** Builds an image from what its lock has, and compares what is installed with the lock. */
export async function buildLocked(
  terminal: Terminal,
  words: readonly string[],
  options: LockedOptions,
): Promise<ExitCode> {
  const several = words.length > 1 && words.every((word) => MODULE.test(word));
  if (options.all || several || options.engine === "upstream")
    return usageFailure(terminal, "--locked builds one image, by dibkit itself", "name one image");
  if (conflictsWithLock(terminal, "a build that is held to a lock", options)) return 2;
  const lock = await readLock(terminal, options.lockFile);
  if (lock === undefined) return 2;
  const { comparePackages, lockedPackages, lockedRequests, lockMismatches } = await import("@dibkit/contents");
  const held = { requests: lockedRequests(lock), free: [], refetch: false };
  const { withElements } = options;
  const added = withElements === undefined ? [] : await readdir(resolvePath(terminal.cwd, withElements));
  const elementsPath = [...(withElements === undefined ? [] : [withElements]), ...options.elementsPath];
  const planned = await planImage(terminal, words, { ...options, elementsPath }, options.verbose, {
    lock: held,
    added,
  });
  if (!planned.ok) return planned.exitCode;
  const { job } = planned.plan;
  const known = { ...job, elements: job.elements.filter(({ name }) => !added.includes(name)) };
  const mismatches = lockMismatches(lock, known);
  if (mismatches.length > 0) {
    const help = 'bring the lock up to date with "dibkit lock --update --only elements", or go back to what it is of';
    return usageFailure(terminal, `${options.lockFile} is not the lock of this image: ${mismatches.join("; ")}`, help);
  }
  if (options.verify) {
    const { verifyImage } = await import("../building/verify-image.js");
    return verifyImage(planned.plan, terminal, options.verbose);
  }
  const { outcome, built } = await buildForLock(terminal, planned.plan, options.verbose);
  if (outcome.kind !== "built") return reportBuild(terminal, outcome, options.cacheDir);
  const differences = built && comparePackages(lock.packages, lockedPackages(built.parts));
  if (differences?.length === 0 || added.length > 0) return reportBuild(terminal, outcome, options.cacheDir);
  // Nobody is to take it for what the lock says.
  for (const path of outcome.outputs) await rm(path, { force: true });
  if (differences === undefined) return 3;
  writeTail(terminal, differences);
  const help = "look for a script that brings packages in another way than by http; the outputs were removed";
  writeTrouble(terminal, `what is installed is not what ${options.lockFile} has: ${differences.length} differ`, help);
  return 3;
}
