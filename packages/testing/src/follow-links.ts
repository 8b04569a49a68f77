import { posix } from "node:path";
import type { ImageContents } from "@dibkit/contents";

/** As many as the kernel follows before it calls it a loop. */
const MOST_LINKS = 40;

/**
 * The path that an image's path leads to when every symbolic link on the way is followed inside the image, as in a
 * chroot. The path need not exist; undefined when links lead in a circle.
 */
export function followLinks({ files }: Pick<ImageContents, "files">, path: string): string | undefined {
  let pending = path.split("/");
  let reached = "";
  for (let links = 0; links <= MOST_LINKS; ) {
    const name = pending.shift();
    if (name === undefined) return reached === "" ? "/" : reached;
    if (name === "" || name === ".") continue;
    if (name === "..") {
      reached = reached === "" ? "" : posix.dirname(reached).replace(/^\/$/, "");
      continue;
    }
    const next = `${reached}/${name}`;
    const file = files.get(next);
    if (file?.type !== "symlink" || file.target === undefined) {
      reached = next;
      continue;
    }
    links++;
    if (file.target.startsWith("/")) reached = "";
    pending = [...file.target.split("/"), ...pending];
  }
  return undefined;
}
