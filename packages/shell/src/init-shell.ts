import type { Parser } from "web-tree-sitter";
import { type GrammarFiles, grammarFiles } from "./grammar-files.js";
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

/**
 * Loads the bash grammar once (about 40 ms); `parse` needs it. Calling it again is free. Browsers have to give the files,
 * which are found by themselves elsewhere.
 */
export function initShell(files?: GrammarFiles): Promise<void> {
  starting ??= start(files ?? grammarFiles());
  return starting;
}

async function start(files: GrammarFiles): Promise<void> {
  // Loaded here, since a run that finds all its facts in a store needs no parser.
  const { Language, Parser } = await import("web-tree-sitter");
  await Parser.init(files.parser && { wasmBinary: files.parser });
  const language = await Language.load(files.grammar);
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
  let before: number | undefined;
  let calls = 0;
  const progressCallback = () => {
    calls += 1;
    if (calls % CALLS_BETWEEN_LOOKS !== 0) return false;
    before ??= processorMs();
    return processorMs() - before > limitMs;
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

/** Processor time of this process; a page, which cannot ask for it, goes by the clock. */
function processorMs(): number {
  if (typeof process === "undefined" || process.cpuUsage === undefined) return performance.now();
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
