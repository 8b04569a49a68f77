import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { setFlagsFromString } from "node:v8";

/** Compiled WebAssembly: of tree-sitter, and of its grammar of bash. */
export interface GrammarFiles {
  /** `tree-sitter.wasm` of web-tree-sitter; undefined: it finds its own. */
  readonly parser?: Uint8Array;
  /** `tree-sitter-bash.wasm` of tree-sitter-bash. */
  readonly grammar: Uint8Array;
}

/** The files of the installed packages. Browsers get `grammar-files-browser`. */
export function grammarFiles(): GrammarFiles {
  // Optimising the grammar's one huge function costs more than a second of processor time and gains nothing on scripts.
  setFlagsFromString("--liftoff-only");
  const require = createRequire(import.meta.url);
  return { grammar: readFileSync(require.resolve("tree-sitter-bash/tree-sitter-bash.wasm")) };
}
