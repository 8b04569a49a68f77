import { readFile } from "node:fs/promises";

/**
 * Reads a file that somebody has named. What the operating system says of it names the path, as it does not by itself
 * when that is a directory.
 */
export async function readNamedFile(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    (error as NodeJS.ErrnoException).path ??= path;
    throw error;
  }
}
