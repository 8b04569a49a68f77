import type { ImageContents, ImageFile } from "./image-contents.js";
import { readTree } from "./read/read-tree.js";
import type { TreeSnapshot } from "./read/tree-snapshot.js";
import { isTelling } from "./telling-files.js";

/**
 * The root tree in a tar archive, plain or as `tar.gz`/`tgz` after unpacking. Contents of all files are written into the
 * directory `contentsIn`; without it, only those of telling files are kept.
 */
export async function archiveContents(name: string, archive: string, contentsIn?: string): Promise<ImageContents> {
  const keep = (path: string) => contentsIn === undefined && isTelling(`/${path}`);
  return snapshotContents(name, await readTree(archive, keep, contentsIn === undefined ? {} : { contentsIn }));
}

/** A tree that was read already, as an image. */
export function snapshotContents(name: string, tree: TreeSnapshot): ImageContents {
  const files = new Map<string, ImageFile>();
  for (const [path, entry] of tree.entries) {
    if (path === ".") continue;
    const type =
      entry.type === "file" || entry.type === "directory" || entry.type === "symlink" ? entry.type : "special";
    const again = entry.linkedTo !== undefined && entry.linkedTo !== path;
    files.set(`/${path}`, {
      type,
      mode: entry.mode,
      owner: entry.owner,
      bytes: again ? 0 : (entry.size ?? 0),
      ...(entry.target === undefined ? {} : { target: entry.target }),
      ...(entry.hash === undefined ? {} : { hash: entry.hash }),
      ...(entry.contentPath === undefined ? {} : { contentPath: entry.contentPath }),
    });
  }
  const texts = new Map([...tree.texts].map(([path, text]) => [`/${path}`, text]));
  return { name, files, texts };
}
