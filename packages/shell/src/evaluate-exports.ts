import type { SourceText } from "@dibkit/model";
import { parse } from "./parse.js";
import type { ShellScript, VariableAssignment, VariableRead, Word } from "./shell-script.js";

/** Values known without running anything: `null` says set, but to what is only known in the build. */
export type KnownEnvironment = ReadonlyMap<string, string | null>;

/**
 * Effect of sourcing an environment file, as far as it is certain: literal exports, `export A=${A:-default}` and
 * `: ${A:=x}`, copies of known variables. Whatever is conditional or computed becomes `null`.
 */
export function evaluateExports(source: SourceText, before: KnownEnvironment): KnownEnvironment {
  const script = parse(source);
  const after = new Map(before);
  for (const assignment of script.assignments) apply(assignment, source, after);
  return after;
}

function apply(assignment: VariableAssignment, source: SourceText, environment: Map<string, string | null>): void {
  const { name, kind, value, context } = assignment;
  if (kind === "local" || kind === "prefix" || context.subshell || context.function !== undefined) return;
  if (kind === "unset") {
    if (context.optional) environment.set(name, null);
    else environment.delete(name);
    return;
  }
  if (kind === "export" && value === undefined) {
    if (!environment.has(name)) environment.set(name, null);
    return;
  }
  const known = value === undefined ? undefined : knownValue(value, source, environment);
  const current = environment.get(name);
  if (kind === "default" && current !== undefined && current !== "") return;
  if (context.optional || assignment.append || kind === "read" || kind === "for" || known === undefined) {
    environment.set(name, null);
  } else environment.set(name, known);
}

/** Value of a word that is a literal, one expansion of a known variable, or such expansions between plain text. */
function knownValue(word: Word, source: SourceText, environment: KnownEnvironment): string | undefined {
  if (word.literal !== undefined) return word.literal;
  const script = parse(source);
  const read = script.reads.find((candidate) => covers(word, candidate, script));
  if (read === undefined) return joinedValue(word, source, environment, script);
  const current = environment.get(read.name);
  if (current === null) return undefined;
  if (read.kind === "plain") return isPlain(read, source) ? (current ?? "") : undefined;
  if (read.kind !== "default" && read.kind !== "assign") return undefined;
  // `${A-x}` keeps an empty A, `${A:-x}` does not.
  const emptyCounts = !source.text.startsWith(":", read.start + "${".length + read.name.length);
  if (current !== undefined && (current !== "" || emptyCounts)) return current;
  return read.fallback === undefined ? "" : knownValue(read.fallback, source, environment);
}

/** Value of text such as `https://example.org/$RELEASE/`: unquoted or double-quoted, with plain expansions only. */
function joinedValue(
  word: Word,
  source: SourceText,
  environment: KnownEnvironment,
  script: ShellScript,
): string | undefined {
  const inside = script.reads.filter(({ start, end }) => start >= word.start && end <= word.end);
  let value = "";
  let at = word.start;
  for (const read of [...inside, undefined]) {
    const text = source.text.slice(at, read?.start ?? word.end).replaceAll('"', "");
    const current = read === undefined ? "" : environment.get(read.name);
    // Anything that quotes, splits, matches or nests is left to the shell.
    if (!/^[\w@%+=:,./-]*$/.test(text) || typeof current !== "string" || (read && !isPlain(read, source)))
      return undefined;
    value += text + current;
    at = read?.end ?? at;
  }
  return value;
}

/** Whether a read is `$NAME` or `${NAME}`, without an operator such as `%` or `/` that changes the value. */
function isPlain(read: VariableRead, source: SourceText): boolean {
  const text = source.text.slice(read.start, read.end);
  return read.kind === "plain" && (text === `$${read.name}` || text === `\${${read.name}}`);
}

/** Whether the expansion is the whole word, quotes aside. */
function covers(word: Word, read: { start: number; end: number }, script: ShellScript): boolean {
  const slack = read.start - word.start;
  const symmetric = slack === word.end - read.end && (slack === 0 || slack === 1);
  return symmetric && !script.commands.some((command) => command.start >= word.start && command.end <= word.end);
}
