import { chmod, chown, lstat, mkdir, readdir, rename, rmdir, utimes } from "node:fs/promises";
import { join } from "node:path";
import { type CommandRunner, commandError } from "@dibkit/exec";
import { HooksReader } from "./hooks-reader.js";
import { overlayMarks } from "./overlay-marks.js";

/** What the elements bring into the hooks directory, before any script changes it. */
export interface HooksBase {
  /**
   * Text that stands for what is at a path: `absent`, `directory`, or a file or link with its mode and content. With
   * `deep` a directory stands for all that is in it.
   */
  stateOf(path: string, deep: boolean): string;
}

/**
 * What a layer of the hooks directory stands on: by path, what the elements had there when the step changed it. Another
 * set of elements may bring something else to the same path, which the layer would then hide or change without the
 * script having seen it; so whoever finds the layer compares these first.
 */
export async function hooksBefore(
  upper: string,
  base: HooksBase,
  commands: CommandRunner,
): Promise<Readonly<Record<string, string>>> {
  const opaque = await opaqueDirectories(upper, commands);
  const before: Record<string, string> = {};
  const walk = async (path: string) => {
    for (const entry of await readdir(join(upper, path), { withFileTypes: true })) {
      const inside = path === "" ? entry.name : `${path}/${entry.name}`;
      const merged = entry.isDirectory() && !opaque.has(inside);
      before[inside] = base.stateOf(inside, !merged);
      if (entry.isDirectory()) await walk(inside);
    }
  };
  await walk("");
  return before;
}

/** The first path that is not as it was when the layer was made; undefined when all are. */
export function changedHook(before: Readonly<Record<string, string>>, base: HooksBase): string | undefined {
  return Object.keys(before).find((path) => {
    const now = before[path] === base.stateOf(path, false) ? before[path] : base.stateOf(path, true);
    return now !== before[path];
  });
}

/**
 * Takes overlayfs's opaque marks out of a layer of the hooks directory: overlayfs marks every directory that a script
 * makes, which would hide what other elements bring into a directory of that name. What such a directory really hides,
 * the entries below that the script removed, gets a whiteout each. `lower` are the directories that the step saw, newest
 * first.
 */
export async function settleHooks(upper: string, lower: readonly string[], commands: CommandRunner): Promise<void> {
  const reader = new HooksReader(lower);
  const hide = async (path: string): Promise<void> => {
    const kept = new Map((await readdir(join(upper, path), { withFileTypes: true })).map((one) => [one.name, one]));
    for (const name of await reader.list(path)) {
      const own = kept.get(name);
      if (own?.isDirectory()) await hide(`${path}/${name}`);
      else if (own === undefined) await makeWhiteout(join(upper, path, name), commands);
    }
  };
  for (const path of await opaqueDirectories(upper, commands)) {
    await hide(path);
    await replaceDirectory(join(upper, path));
  }
}

async function opaqueDirectories(upper: string, commands: CommandRunner): Promise<ReadonlySet<string>> {
  const marks = await overlayMarks(upper, commands);
  return new Set(marks.filter(({ movedFrom }) => movedFrom === undefined).map(({ path }) => path.replace(/^\//, "")));
}

async function makeWhiteout(path: string, commands: CommandRunner): Promise<void> {
  const made = await commands.run(["mknod", path, "c", "0", "0"]);
  if (!made.ok) throw commandError(`note that "${path}" was removed`, made.error);
}

/** A new directory with the entries, mode, owner and times of the old one, and without its extended attributes. */
async function replaceDirectory(path: string): Promise<void> {
  const { mode, uid, gid, atime, mtime } = await lstat(path);
  const fresh = `${path}.dibkit-settled`;
  await mkdir(fresh);
  for (const name of await readdir(path)) await rename(join(path, name), join(fresh, name));
  await chown(fresh, uid, gid);
  await chmod(fresh, mode & 0o7777);
  await rmdir(path);
  await rename(fresh, path);
  await utimes(path, atime, mtime);
}
