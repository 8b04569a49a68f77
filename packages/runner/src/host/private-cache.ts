import { copyFile, readdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { shellCommand } from "@dibkit/exec";
import { hashText } from "../job/hash-text.js";
import type { NamedDirectories } from "../job/mount-record.js";
import type { KernelMounts } from "./kernel-mounts.js";
import { resolveSource } from "./record-mounts.js";
import { cacheMark } from "./shown-cache.js";
import { escapeLayer } from "./tree-mount.js";

/**
 * Directories of the image cache that a program locks for itself for as long as it runs, which would end every other
 * build that uses them: apt's `archives`. A step sees them through a layer of its own.
 */
const LOCKED = /^\$DIB_IMAGE_CACHE\/apt\//;

/** Where the changes of a step to such directories are, below its staging directory. */
export const PRIVATE_CACHES = "caches";

export function isPrivate(source: string): boolean {
  return LOCKED.test(source);
}

/** A line of bash that shows a directory of the cache at `at`; `staging` takes the changes. `at` is quoted already. */
export function renderPrivateCache(
  source: string,
  { named, staging }: { readonly named: NamedDirectories; readonly staging: string },
  at: string,
  kernel: KernelMounts,
): string {
  const parts = join(staging, PRIVATE_CACHES, hashText(source).slice(0, 8));
  const [lower, upper, work] = [resolveSource(source, named), join(parts, "upper"), join(parts, "work")];
  const directories = `lowerdir=${escapeLayer(lower)},upperdir=${escapeLayer(upper)},workdir=${escapeLayer(work)}`;
  const options = [directories, "volatile", ...kernel.overlayMarks].join(",");
  const name = shellCommand("printf", "%s", source);
  return [
    shellCommand("mkdir", "-p", lower, upper, work),
    `${name} > ${shellCommand(join(parts, "source"))}`,
    `${shellCommand("mount", "-t", "overlay", "-o", options, cacheMark(source))} ${at}`,
  ].join(" && ");
}

/**
 * Puts what a step has downloaded into the shared directories, each file at once. What other builds have put there
 * meanwhile stays; what the step has removed stays too. A cache that takes no more files is no failure.
 */
export async function shareCaches(staging: string, named: NamedDirectories): Promise<void> {
  const caches = await readdir(join(staging, PRIVATE_CACHES)).catch(() => []);
  for (const parts of caches) {
    const directory = join(staging, PRIVATE_CACHES, parts);
    const source = await readFile(join(directory, "source"), "utf8").catch(() => undefined);
    if (source === undefined) continue;
    const shared = resolveSource(source, named);
    for (const entry of await readdir(join(directory, "upper"), { withFileTypes: true })) {
      if (!entry.isFile() || entry.name === "lock") continue;
      await moveInto(join(directory, "upper", entry.name), shared, entry.name).catch(() => undefined);
    }
  }
}

async function moveInto(from: string, directory: string, name: string): Promise<void> {
  const to = join(directory, name);
  try {
    await rename(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EXDEV") throw error;
    const temporary = join(directory, `.${name}.${process.pid}.partial`);
    await copyFile(from, temporary)
      .then(() => rename(temporary, to))
      .finally(() => rm(temporary, { force: true }));
  }
}
