import type { SourceText } from "@dibkit/model";
import { brokenTests, mayBreakTests, withoutBrokenTests } from "./broken-tests.js";
import { collectFacts } from "./collect-facts.js";
import { parseTree } from "./init-shell.js";
import type { ShellScript } from "./shell-script.js";

/** Longer texts are not scripts anyone wrote; they are kept, but not analysed. */
export const LARGEST_SCRIPT = 400_000;
const SLOWEST_PARSE_MS = 4_000;

const EMPTY: ShellScript = {
  shebang: undefined,
  problems: [],
  unread: undefined,
  commands: [],
  reads: [],
  assignments: [],
  options: [],
  sources: [],
  redirects: [],
  heredocs: [],
  tests: [],
  pipelines: [],
  arithmetic: [],
  conditionalEnds: [],
  branchVariables: [],
  brokenTests: [],
  functions: [],
  comments: [],
  dynamic: true,
};

const bySource = new WeakMap<SourceText, ShellScript>();
// An editor lints the same scripts again and again, and trees hold copies: one parse per distinct text.
const byText = new Map<string, ShellScript>();
const KEPT_TEXTS = 4_096;

/** What texts said before, kept by whoever runs the linter: reading a tree anew takes most of the time otherwise. */
export interface FactStore {
  get(text: string): ShellScript | undefined;
  /** Of what took long or is large nothing is kept: it has no facts. */
  set(text: string, script: ShellScript): void;
}

let store: FactStore | undefined;

/** Lets `parse` look into a store, and put into it what is not there; undefined ends that. */
export function useFactStore(next: FactStore | undefined): void {
  store = next;
}

/**
 * What a bash text says. Synchronous, pure, remembered; `initShell` must have finished, or the text be in the store: else
 * `ShellNotReady` is thrown. A text that is too large, or too slow to parse, comes back empty with `unread` saying so.
 */
export function parse(source: SourceText): ShellScript {
  const known = bySource.get(source);
  if (known) return known;
  const script = byText.get(source.text) ?? store?.get(source.text) ?? analysed(source.text);
  if (byText.size >= KEPT_TEXTS) byText.delete(byText.keys().next().value as string);
  byText.set(source.text, script);
  bySource.set(source, script);
  return script;
}

function analysed(text: string): ShellScript {
  const script = analyse(text);
  if (script.unread === undefined) store?.set(text, script);
  return script;
}

function analyse(text: string): ShellScript {
  const shebang = shebangOf(text);
  if (text.length > LARGEST_SCRIPT) return { ...EMPTY, shebang, unread: "too-large" };
  const plain = withoutGrammarGaps(text);
  const tree = parseTree(plain, SLOWEST_PARSE_MS);
  if (tree === undefined) return { ...EMPTY, shebang, unread: "too-slow" };
  const facts = collectFacts(tree, text);
  const broken = mayBreakTests(text) ? brokenTests(text, facts.heredocs) : [];
  const again = broken.length === 0 ? undefined : parseTree(withoutBrokenTests(plain, broken), SLOWEST_PARSE_MS);
  return { shebang, unread: undefined, ...(again ? collectFacts(again, text) : facts), brokenTests: broken };
}

function shebangOf(text: string): ShellScript["shebang"] {
  if (!text.startsWith("#!")) return undefined;
  const newline = text.indexOf("\n");
  const end = newline === -1 ? text.length : newline;
  return { start: 0, end, text: text.slice(0, end) };
}

/**
 * Bash that the grammar does not know, masked without moving any offset: `eval declare -A x=(…)` and `eval x=(…)`, which
 * upstream's `get_image_element_array` is used with, and a `$` just before `)`.
 */
function withoutGrammarGaps(text: string): string {
  return text.replace(/\beval(?=[ \t]+(?:declare\b|[A-Za-z_]\w*=\())/g, "    ").replace(/\$(?=\))/g, "_");
}
