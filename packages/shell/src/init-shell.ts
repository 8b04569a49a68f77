import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { setFlagsFromString } from "node:v8";
import type { Parser } from "web-tree-sitter";
import { copyTree, type GrammarTables, type SyntaxNode } from "./syntax-tree.js";

/** A text was to be parsed before `initShell` had finished. */
export class ShellNotReady extends Error {
  constructor() {
    super("initShell() must have finished before a script is parsed");
  }
}

// The parser asks every few microseconds, and to ask for the processor time is a call of the system. A script of ordinary
// length is parsed before it is asked for the first time.
const CALLS_BETWEEN_LOOKS = 64;

let parser: Parser | undefined;
let tables: GrammarTables = { types: [], fields: [] };
let starting: Promise<void> | undefined;

/** Loads the bash grammar once (about 40 ms); `parse` needs it. Calling it again is free. */
export function initShell(): Promise<void> {
  starting ??= start();
  return starting;
}

async function start(): Promise<void> {
  const require = createRequire(import.meta.url);
  // Optimising the grammar's one huge function costs more than a second of processor time and gains nothing on scripts.
  setFlagsFromString("--liftoff-only");
  // Loaded here, since a run that finds all its facts in a store needs no parser.
  const { Language, Parser } = await import("web-tree-sitter");
  await Parser.init();
  const grammar = readFileSync(require.resolve("tree-sitter-bash/tree-sitter-bash.wasm"));
  const language = await Language.load(grammar);
  const loaded = new Parser();
  loaded.setLanguage(language);
  tables = {
    types: language.types.map((name, id) => ({ name, named: language.nodeTypeIsNamed(id) })),
    fields: language.fields,
  };
  parser = loaded;
}

/**
 * Syntax tree of a bash text, or undefined when the parser needed more than `limitMs` of processor time: a safety net
 * for hostile input, an ordinary script takes about a millisecond. The time of day would make what is found depend on
 * what else the machine does.
 */
export function parseTree(text: string, limitMs: number): SyntaxNode | undefined {
  if (!parser) throw new ShellNotReady();
  let before: NodeJS.CpuUsage | undefined;
  let calls = 0;
  const progressCallback = () => {
    calls += 1;
    if (calls % CALLS_BETWEEN_LOOKS !== 0) return false;
    before ??= process.cpuUsage();
    return processorMs(before) > limitMs;
  };
  const tree = parser.parse(text, null, { progressCallback });
  if (!tree) {
    parser.reset();
    return undefined;
  }
  const cursor = tree.walk();
  try {
    return copyTree(cursor, tables, tree.rootNode.hasError);
  } finally {
    cursor.delete();
    tree.delete();
  }
}

function processorMs(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
