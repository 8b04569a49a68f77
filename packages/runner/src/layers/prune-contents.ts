import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";

/**
 * Removes the least recently used files of a directory of contents until at most `limit` bytes are left; gives how many.
 * What was used since `since` (milliseconds) stays.
 */
export async function pruneContents(directory: string, limit: number, since: number): Promise<number> {
  const names = await readdir(directory).catch(() => []);
  const files = (await Promise.all(names.map((name) => fileOf(join(directory, name))))).flat();
  let total = files.reduce((sum, { bytes }) => sum + bytes, 0);
  let removed = 0;
  for (const { path, bytes, used } of files.sort((a, b) => a.used - b.used)) {
    if (total <= limit || used >= since) break;
    await rm(path, { force: true });
    total -= bytes;
    removed += 1;
  }
  return removed;
}

async function fileOf(path: string) {
  // Another build may have removed it in this moment.
  const found = await stat(path).catch(() => undefined);
  return found === undefined ? [] : [{ path, bytes: found.blocks * 512, used: found.mtimeMs }];
}
