import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { Language, Parser } from "web-tree-sitter";
import { copyTree, type SyntaxNode } from "./syntax-tree.js";

let parser: Parser | undefined;
let fieldNames: readonly (string | null)[] = [];
let starting: Promise<void> | undefined;

/** Loads the bash grammar once (about 40 ms); `parse` needs it. Calling it again is free. */
export function initShell(): Promise<void> {
  starting ??= start();
  return starting;
}

async function start(): Promise<void> {
  const require = createRequire(import.meta.url);
  await Parser.init();
  const grammar = readFileSync(require.resolve("tree-sitter-bash/tree-sitter-bash.wasm"));
  const language = await Language.load(grammar);
  const loaded = new Parser();
  loaded.setLanguage(language);
  fieldNames = language.fields;
  parser = loaded;
}

/**
 * Syntax tree of a bash text, or undefined when the parser needed more than `limitMs`: a safety net for hostile
 * input, an ordinary script takes about a millisecond.
 */
export function parseTree(text: string, limitMs: number): SyntaxNode | undefined {
  if (!parser) throw new Error("initShell() must have finished before a script is parsed");
  const until = performance.now() + limitMs;
  const tree = parser.parse(text, null, { progressCallback: () => performance.now() > until });
  if (!tree) {
    parser.reset();
    return undefined;
  }
  const cursor = tree.walk();
  try {
    return copyTree(cursor, fieldNames);
  } finally {
    cursor.delete();
    tree.delete();
  }
}
