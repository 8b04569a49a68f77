import { lstat, readdir, readlink } from "node:fs/promises";
import { join } from "node:path";

/** What one directory of a stack says about a path: it has it, it says nothing, or it hides what is below it. */
type Word = "directory" | "other" | "nothing" | "hidden";

/**
 * What a layered hooks directory holds, read without mounting it: the directories are those of the layers, newest
 * first, and last the one that the elements were merged into. Whiteouts (character devices) hide what is below.
 */
export class HooksReader {
  readonly #directories: readonly string[];

  constructor(directories: readonly string[]) {
    this.#directories = directories;
  }

  /** Names in a directory, sorted. */
  async list(directory: string): Promise<string[]> {
    const there = new Map<string, boolean>();
    for (const base of this.#directories) {
      const word = await wordOf(base, directory);
      if (word === "nothing") continue;
      if (word !== "directory") break;
      const entries = await readdir(join(base, directory), { withFileTypes: true });
      for (const entry of entries) if (!there.has(entry.name)) there.set(entry.name, !entry.isCharacterDevice());
    }
    return [...there]
      .filter(([, isThere]) => isThere)
      .map(([name]) => name)
      .sort();
  }

  /** The file on disk behind a path, relative links followed; undefined when there is none. */
  async locate(path: string, hops = 0): Promise<string | undefined> {
    for (const base of this.#directories) {
      const word = await wordOf(base, path);
      if (word === "nothing") continue;
      if (word !== "other") return undefined;
      const located = join(base, path);
      const status = await lstat(located);
      if (!status.isSymbolicLink()) return status.isFile() ? located : undefined;
      const target = await readlink(located);
      if (hops > 40 || target.startsWith("/")) return undefined;
      return this.locate(join(path, "..", target), hops + 1);
    }
    return undefined;
  }
}

async function wordOf(base: string, path: string): Promise<Word> {
  const parts = path.split("/").filter((part) => part !== "" && part !== ".");
  let located = base;
  for (const [index, part] of parts.entries()) {
    located = join(located, part);
    const status = await lstat(located).catch(() => undefined);
    if (status === undefined) return "nothing";
    if (status.isCharacterDevice()) return "hidden";
    if (status.isDirectory()) continue;
    // A file or link where the lower directories have a directory hides all that is in it.
    return index === parts.length - 1 ? "other" : "hidden";
  }
  return "directory";
}
