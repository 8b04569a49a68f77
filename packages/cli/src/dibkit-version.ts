import { createRequire } from "node:module";

/** Version of this package. */
export function dibkitVersion(): string {
  return (createRequire(import.meta.url)("dibkit/package.json") as { readonly version: string }).version;
}
