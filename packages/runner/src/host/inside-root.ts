import { lstat, readlink } from "node:fs/promises";

const MOST_LINKS = 40;

/**
 * Where a path of the image is on the host, with links followed as in the image; `inside-root.sh` is the same for scripts.
 * What is not there yet counts as a plain file or directory.
 */
export async function pathInside(root: string, path: string): Promise<string> {
  const rest = path.split("/");
  const at: string[] = [];
  for (let links = 0; rest.length > 0; ) {
    const part = rest.shift() ?? "";
    if (part === "" || part === ".") continue;
    if (part === "..") {
      at.pop();
      continue;
    }
    const found = [root, ...at, part].join("/");
    const status = await lstat(found).catch(() => undefined);
    if (!status?.isSymbolicLink()) {
      at.push(part);
      continue;
    }
    links += 1;
    if (links > MOST_LINKS) throw new Error(`too many links at ${path} of the image`);
    const link = await readlink(found);
    if (link.startsWith("/")) at.length = 0;
    rest.unshift(...link.split("/"));
  }
  return [root, ...at].join("/");
}
