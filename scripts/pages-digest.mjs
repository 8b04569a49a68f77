// Which pages docs/pictures shows: a digest of all that makes them, so that a test says when pictures are out of date.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";

const SOURCES = ["html-page.ts", "size-page.ts", "size.page.js", "trace-page.ts", "trace.page.js"];

export function pagesDigest(repository) {
  const hash = createHash("sha256");
  for (const name of SOURCES) hash.update(readFileSync(`${repository}packages/contents/src/${name}`));
  return hash.digest("hex");
}
