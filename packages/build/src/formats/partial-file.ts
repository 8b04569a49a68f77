import { readdir, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { exists } from "../disk/loop-device.js";

/** Temporary name of an output while a build writes it: hidden, beside its final place, and telling whose it is. */
export function partialName(name: string, buildDirectory: string): string {
  return `.${name}.${encodeURIComponent(buildDirectory)}.partial`;
}

/** Removes what killed builds left of this output: partial files whose build directory is gone. */
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
