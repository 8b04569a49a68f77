import { createRequire } from "node:module";

const require = createRequire(import.meta.url);

function once<T>(name: string): () => T {
  let loaded: T | undefined;
  return () => {
    loaded ??= require(name) as T;
    return loaded;
  };
}

/**
 * Parsers that are loaded by the first file that needs them: together they take longer to load than a whole catalog
 * to read, and much of what dibkit does needs none of them.
 */
export const loadWhenUsed = {
  jsonc: once<typeof import("jsonc-parser")>("jsonc-parser"),
  yaml: once<typeof import("yaml")>("yaml"),
};
