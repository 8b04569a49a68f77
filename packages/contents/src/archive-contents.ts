import type { ImageContents, ImageFile } from "./image-contents.js";
import { isTelling } from "./image-contents.js";
import { readTree } from "./read/read-tree.js";

/** The root tree in a tar archive, plain or as `tar.gz`/`tgz` after unpacking. */
export async function archiveContents(name: string, archive: string): Promise<ImageContents> {
  const tree = await readTree(archive, (path) => isTelling(`/${path}`));
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
    });
  }
  const texts = new Map([...tree.texts].map(([path, text]) => [`/${path}`, text.toString("utf8")]));
  return { name, files, texts };
}
