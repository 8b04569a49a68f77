import { chmod, copyFile, lstat, lutimes, mkdir, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { HooksTree } from "../plan/hooks-tree.js";

/** Writes the merged hooks; times are kept, because scripts copy these files into images. */
export async function writeHooks(tree: HooksTree, directory: string, upstreamLibrary?: string): Promise<void> {
  for (const { path, file } of tree.entries.values()) {
    const to = join(directory, path);
    await mkdir(dirname(to), { recursive: true });
    if (file.kind === "directory") await mkdir(to, { recursive: true });
    else if (file.kind === "symlink") await symlink(file.target, to);
    else {
      await writeFile(to, file.bytes);
      await chmod(to, file.mode);
    }
    if (file.origin.kind === "disk" && file.kind !== "directory") {
      const { atime, mtime } = await lstat(file.origin.path);
      await lutimes(to, atime, mtime);
    }
  }
  if (upstreamLibrary !== undefined) {
    // Upstream leaves its own runner in the hooks directory, and the element dib-run-parts installs it from there.
    const from = join(upstreamLibrary, "dib-run-parts");
    await copyFile(from, join(directory, "dib-run-parts"));
    await chmod(join(directory, "dib-run-parts"), 0o755);
  }
}
