import { readInitramfs } from "@dibkit/contents";
import { fileHash } from "@dibkit/exec";
import { describeEntry } from "./compare-trees.js";
import { compareValues } from "./compare-values.js";
import type { Difference } from "./difference.js";
import { VOLATILE_FILES } from "./volatile-files.js";

/** Files that scripts wrote beside the image, such as kernel and ramdisk: what follows the image's name to the path. */
export type FilesBeside = Readonly<Record<string, string>>;

/** Differences between what scripts wrote beside two images; ramdisks are compared file by file. */
export async function compareBeside(
  upstream: FilesBeside,
  dibkit: FilesBeside,
): Promise<{ readonly differences: readonly Difference[]; readonly compared: number }> {
  const [theirs, ours] = [await describeAll(upstream), await describeAll(dibkit)];
  return { differences: compareValues("beside", theirs, ours, reasonFor), compared: theirs.size };
}

async function describeAll(files: FilesBeside): Promise<ReadonlyMap<string, string>> {
  const described = new Map<string, string>();
  for (const [suffix, path] of Object.entries(files)) {
    const ramdisk = suffix === "initramfs" ? await readInitramfs(path) : undefined;
    if (ramdisk === undefined) described.set(suffix, await hashOf(path));
    for (const [name, entry] of ramdisk?.entries ?? []) described.set(`${suffix} ${name}`, describeEntry(entry));
  }
  return described;
}

async function hashOf(path: string): Promise<string> {
  return `sha256:${(await fileHash(path)).slice(0, 16)}`;
}

/** The initrd of a kernel is a copy of one in /boot; of files in a ramdisk the content alone may differ. */
function reasonFor(subject: string, upstream: string | null, dibkit: string | null): string | undefined {
  const path = subject === "initrd" ? "boot/initrd.img-" : subject.replace(/^initramfs /, "");
  const rest = (entry: string | null) => entry?.replace(/\d+ bytes |sha256:\w+/g, "");
  if (rest(upstream) !== rest(dibkit)) return undefined;
  return VOLATILE_FILES.find((file) => file.path.test(path))?.reason;
}
