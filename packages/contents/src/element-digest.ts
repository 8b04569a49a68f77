import { createHash } from "node:crypto";
import type { BuildJob } from "@dibkit/runner";

/**
 * The digest of an element is that of the list of its files: a line `PATH NUL MODE SHA256`, `PATH NUL link TARGET` or
 * `PATH NUL directory MODE` for each, sorted by path, each with a newline behind it. Undefined in jobs of earlier versions.
 */
export function elementDigest({ files }: BuildJob["elements"][number]): string | undefined {
  const list = files && Object.entries(files).map(([path, content]) => `${path}\0${content}\n`);
  return list && createHash("sha256").update(list.join("")).digest("hex");
}
