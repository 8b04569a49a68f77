import { createHash } from "node:crypto";
import { readdir, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { exists } from "../disk/loop-device.js";

const LONGEST_OWNER = 150;

/**
 * Temporary name of an output while a build writes it: hidden, beside its final place, and telling whose it is by the
 * build's scratch directory. A path too long for a file name is replaced by its hash.
 */
export function partialName(name: string, scratchDirectory: string): string {
  return `.${name}.${partialOwner(scratchDirectory)}.partial`;
}

/** The part of a temporary name that tells whose it is. */
export function partialOwner(scratchDirectory: string): string {
  const owner = encodeURIComponent(scratchDirectory);
  return owner.length <= LONGEST_OWNER ? owner : createHash("sha256").update(owner).digest("hex").slice(0, 16);
}

/** Removes what killed builds left of this output: partial files whose scratch directory is gone. */
export async function removeStalePartials(outputPath: string): Promise<void> {
  const directory = dirname(outputPath);
  const prefix = `.${basename(outputPath)}.`;
  for (const name of await readdir(directory)) {
    if (!name.startsWith(prefix) || !/\.partial(\.md5|\.sha256)?$/.test(name)) continue;
    const owner = /\.(%2F.*)\.partial/.exec(name)?.[1];
    if (owner === undefined || (await exists(decodeURIComponent(owner)))) continue;
    await rm(join(directory, name), { force: true });
  }
}
