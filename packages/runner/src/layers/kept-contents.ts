import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { CommandRunner } from "@dibkit/exec";
import type { LayerStore } from "./layer-store.js";
import { oldestRunning } from "./running-builds.js";

/** The directory of a store that keeps what builds with a lock have fetched, by digest. */
export function contentsDirectory(store: string): string {
  return join(store, "contents");
}

/** Files, and the space that they take in bytes. */
export interface ContentsSize {
  readonly files: number;
  readonly bytes: number;
}

/** What a store keeps of downloads; nothing when it keeps none. */
export async function contentsSize(store: LayerStore): Promise<ContentsSize> {
  return sizeOf(await filesOf(contentsDirectory(store.directory)));
}

/**
 * Removes the least recently used files of a store's contents until at most `limit` bytes are left; gives what was
 * removed. What a running build may have used stays.
 */
export async function pruneContents(store: LayerStore, limit: number, commands: CommandRunner): Promise<ContentsSize> {
  const files = await filesOf(contentsDirectory(store.directory));
  const removed: KeptFile[] = [];
  let total = sizeOf(files).bytes;
  if (total <= limit) return sizeOf([]);
  const since = (await oldestRunning(store, commands))?.getTime() ?? Number.POSITIVE_INFINITY;
  for (const file of files.sort((a, b) => a.used - b.used)) {
    if (total <= limit || file.used >= since) break;
    await rm(file.path, { force: true });
    removed.push(file);
    total -= file.bytes;
  }
  return sizeOf(removed);
}

interface KeptFile {
  readonly path: string;
  readonly bytes: number;
  /** When it was last of use, in milliseconds. */
  readonly used: number;
}

async function filesOf(directory: string): Promise<KeptFile[]> {
  const names = await readdir(directory).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  const files = await Promise.all(
    names.map(async (name) => {
      // Another build may have removed it in this moment.
      const found = await stat(join(directory, name)).catch(() => undefined);
      if (found === undefined) return [];
      return [{ path: join(directory, name), bytes: found.blocks * 512, used: found.mtimeMs }];
    }),
  );
  return files.flat();
}

function sizeOf(files: readonly KeptFile[]): ContentsSize {
  return { files: files.length, bytes: files.reduce((sum, { bytes }) => sum + bytes, 0) };
}
