import { readFile, rm } from "node:fs/promises";
import { type CommandRunner, commandError } from "@dibkit/exec";

/**
 * Every path below a directory, the directory itself as `""`, and a stamp that differs when anything about it has
 * changed. A path is a string of bytes (latin1): names need not be UTF-8.
 */
export type TreeScan = ReadonlyMap<string, string>;

/** The kernel gives a file a new change time whenever its content, mode, owner, links or attributes change. */
export async function scanTree(commands: CommandRunner, directory: string, scratchFile: string): Promise<TreeScan> {
  const format = "%P\\0%y %i %C@\\0";
  const find = ["find", directory, "-xdev", "-printf", format];
  const found = await commands.run(find, { outputFile: scratchFile });
  if (!found.ok) throw commandError(`look through "${directory}"`, found.error);
  const words = (await readFile(scratchFile, "latin1")).split("\0");
  await rm(scratchFile);
  const scan = new Map<string, string>();
  for (let at = 0; at + 1 < words.length; at += 2) scan.set(words[at] ?? "", words[at + 1] ?? "");
  return scan;
}

/** What differs between two scans of the same directory. */
export interface TreeChanges {
  /** New or changed paths, parents first. */
  readonly changed: readonly string[];
  /** Paths that are gone, without those below another one. */
  readonly removed: readonly string[];
}

export function compareScans(before: TreeScan, after: TreeScan): TreeChanges {
  const changed = [...after].flatMap(([path, stamp]) => (before.get(path) === stamp ? [] : [path]));
  const gone = [...before.keys()].filter((path) => !after.has(path));
  const isGone = new Set(gone);
  // What was below a directory that is a file now goes with the directory.
  const isIn = (directory: string) => directory === "" || (after.get(directory)?.startsWith("d ") ?? false);
  const removed = gone.filter((path) => !isGone.has(parentOf(path)) && isIn(parentOf(path)));
  return { changed: changed.sort(), removed: removed.sort() };
}

/** `""` for the top. */
export function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf("/")));
}
