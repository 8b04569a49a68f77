import type { GrammarFiles } from "./grammar-files.js";

/** A page fetches the files itself; package.json names this file in the place of `grammar-files` for bundles. */
export function grammarFiles(): GrammarFiles {
  throw new Error("in a browser initShell() takes the bytes of tree-sitter.wasm and tree-sitter-bash.wasm");
}
