import { constants } from "node:fs";
import { copyFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CommandRunner } from "@dibkit/exec";
import { err, type LockDocument, ok, type Result } from "@dibkit/model";
import { type BisectTrouble, type TrialRequest, tryImage, type Verdict } from "./bisect-trial.js";
import { type ChangedPackage, type PackageUpdate, packageUpdates } from "./package-updates.js";
import { searchRange } from "./search-range.js";

/** What is looked through, and with what. */
export interface LocksRequest extends TrialRequest {
  readonly before: LockDocument;
  readonly after: LockDocument;
  /** Path of the older lock's file. */
  readonly lockFile: string;
  /** Finds the file with a digest among what was kept for locks. */
  readonly find: (sha256: string) => string | undefined;
}

/** The change of packages that broke the image, and what it took to find it. */
export interface LocksOutcome {
  /** More than one when those between could not be built. */
  readonly updates: readonly PackageUpdate[];
  /** Trials, in this order: how many of the changes were in the image. */
  readonly tested: readonly { readonly updated: number; readonly verdict: Verdict }[];
  /** How many changes there are. */
  readonly changes: number;
}

/** The element whose script brings the packages of a trial; its name sorts after those that install packages. */
const ELEMENT = "dibkit-updated-packages";
const SCRIPT = "install.d/99-zz-updated-packages";

/**
 * Looks for the first change of packages between two locks after which an image is not good. The image is built from the
 * older lock each time, and more or fewer of the newer packages are installed on it, dependencies first.
 */
export async function bisectLocks(
  request: LocksRequest,
  commands: CommandRunner,
  tell: (line: string) => void,
): Promise<Result<LocksOutcome, BisectTrouble>> {
  const { before, after, find } = request;
  const found = await packageUpdates(before, after, find, commands);
  if (!found.ok)
    return err({ message: found.error, help: 'write both locks with "dibkit lock" and the same --cache-dir' });
  const updates = found.value;
  if (updates.length === 0)
    return err({
      message: "the two locks have the same packages",
      help: "look for the commit of the elements instead",
    });
  tell(`${updates.length} source packages differ: ${updates.map(({ source }) => source).join(" ")}`);
  const scratch = await mkdtemp(join(tmpdir(), "dibkit-bisect-"));
  const elements = join(scratch, "elements");
  const tested: { readonly updated: number; readonly verdict: Verdict }[] = [];
  const test = async (updated: number): Promise<Verdict> => {
    request.signal.throwIfAborted();
    const packages = updates.slice(0, updated).flatMap((update) => update.packages);
    await writeElement(join(elements, ELEMENT), packages);
    const words = ["--locked", "--lock-file", request.lockFile, "--with-elements", elements];
    const at = { cwd: request.cwd, env: request.env, words };
    const verdict = await tryImage(request, at, { commands, scratch, tell });
    request.signal.throwIfAborted();
    tested.push({ updated, verdict });
    const last = updates[updated - 1];
    tell(`${updated} of ${updates.length} is ${verdict}${last === undefined ? "" : `: up to ${describeUpdate(last)}`}`);
    return verdict;
  };
  try {
    const numbers = Array.from({ length: updates.length + 1 }, (_, index) => index) as [number, number, ...number[]];
    const range = await searchRange(numbers, test);
    if ("end" in range) {
      const which = range.end === "first" ? "with the packages of --good" : "with all packages of --bad";
      const message = `the image ${which} is ${range.verdict}, so the packages do not tell the two apart`;
      return err({
        message,
        help: "correct the two locks, or the command of --run; or look for a commit of the elements",
      });
    }
    return ok({ updates: updates.slice(range.lastGood, range.firstBad), tested, changes: updates.length });
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** How people call a change of packages. */
export function describeUpdate({ source, packages }: PackageUpdate): string {
  const changes = packages.map(({ name, from = "(none)", to = "(none)" }) =>
    name === source ? `${from} → ${to}` : `${name} ${from} → ${to}`,
  );
  return `${source} ${changes.join(", ")}`;
}

/** Writes the element anew: the same path each time, so that only what is in it differs between builds. */
async function writeElement(directory: string, packages: readonly ChangedPackage[]): Promise<void> {
  await rm(directory, { recursive: true, force: true });
  await mkdir(join(directory, "install.d"), { recursive: true });
  const files: string[] = [];
  for (const { name, file } of packages) {
    if (file === undefined) continue;
    await mkdir(join(directory, "packages"), { recursive: true });
    const path = `packages/${name}.deb`;
    await copyFile(file, join(directory, path), constants.COPYFILE_FICLONE);
    files.push(`/tmp/in_target.d/${path}`);
  }
  const gone = packages.flatMap(({ name, to }) => (to === undefined ? [name] : []));
  const script = [
    "#!/bin/bash",
    "set -eu",
    "export DEBIAN_FRONTEND=noninteractive",
    ...(files.length === 0 ? [] : [`dpkg --force-confold --install ${files.join(" ")}`]),
    ...(gone.length === 0 ? [] : [`dpkg --force-depends --purge ${gone.join(" ")}`]),
  ];
  await writeFile(join(directory, SCRIPT), `${script.join("\n")}\n`, { mode: 0o755 });
}
