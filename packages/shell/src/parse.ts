import type { SourceText } from "@dibkit/model";
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
  functions: [],
  comments: [],
  dynamic: true,
};

const bySource = new WeakMap<SourceText, ShellScript>();
// An editor lints the same scripts again and again, and trees hold copies: one parse per distinct text.
const byText = new Map<string, ShellScript>();
const KEPT_TEXTS = 4_096;

/**
 * What a bash text says. Synchronous, pure, remembered; `initShell` must have finished. Never fails: a text that is
 * too large, or too slow to parse, comes back empty with `unread` saying so.
 */
export function parse(source: SourceText): ShellScript {
  const known = bySource.get(source);
  if (known) return known;
  const script = byText.get(source.text) ?? analyse(source.text);
  if (byText.size >= KEPT_TEXTS) byText.delete(byText.keys().next().value as string);
  byText.set(source.text, script);
  bySource.set(source, script);
  return script;
}

function analyse(text: string): ShellScript {
  const shebang = shebangOf(text);
  if (text.length > LARGEST_SCRIPT) return { ...EMPTY, shebang, unread: "too-large" };
  const tree = parseTree(withoutGrammarGaps(text), SLOWEST_PARSE_MS);
  if (tree === undefined) return { ...EMPTY, shebang, unread: "too-slow" };
  return { shebang, unread: undefined, ...collectFacts(tree, text) };
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
