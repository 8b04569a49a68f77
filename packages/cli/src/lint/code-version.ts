import { createHash } from "node:crypto";
import { readdirSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const require = createRequire(import.meta.url);
const fromSource = import.meta.url.endsWith(".ts");

/**
 * Changes whenever one of dibkit's packages does, by a release or a compilation: what one version of the code has worked
 * out, another must not take for its own.
 */
export function codeVersion(parts: readonly string[]): string {
  const hash = createHash("sha1");
  for (const part of parts) {
    const manifest = require.resolve(`@dibkit/${part}/package.json`);
    hash.update((require(manifest) as { readonly version: string }).version);
    const root = dirname(manifest);
    for (const file of fromSource ? filesBelow(join(root, "src")) : [join(root, "dist", ".tsbuildinfo"), manifest]) {
      const stats = statSync(file, { throwIfNoEntry: false });
      hash.update(`${file} ${stats?.size} ${stats?.mtimeMs}\n`);
    }
  }
  return hash.digest("base64url");
}

function filesBelow(directory: string): readonly string[] {
  return readdirSync(directory, { recursive: true, encoding: "utf8" })
    .sort()
    .map((name) => join(directory, name));
}
