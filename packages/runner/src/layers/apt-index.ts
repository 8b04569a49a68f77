import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { hashText } from "../job/hash-text.js";

/**
 * Hash of the release files that apt fetched in a step: the state of the mirrors that the step's packages came from.
 * Undefined when it fetched none. `root` is the tree of the step's changes.
 */
export async function aptIndexState(root: string): Promise<string | undefined> {
  const directory = join(root, "var/lib/apt/lists");
  const names = (await readdir(directory).catch(() => [])).filter((name) => /_(In)?Release$/.test(name)).sort();
  const hashes: string[] = [];
  for (const name of names) {
    const bytes = await readFile(join(directory, name)).catch(() => undefined);
    if (bytes !== undefined) hashes.push(`${name} ${hashText(bytes)}`);
  }
  return hashes.length === 0 ? undefined : hashText(hashes.join("\n"));
}
