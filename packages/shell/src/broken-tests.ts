import type { BrokenTest, Heredoc } from "./shell-script.js";

/** A `[` where a command may begin, at most to the end of the line. */
const OPENING = /(?:^|[;&|({!]|\b(?:if|elif|while|until|then|do|else))[ \t]*(?:![ \t]*)?\[(?=[ \t])/gm;
const OPERATOR =
  /^(?:[^\s'"`$\\;&|#()<>]|\\.|'[^']*'|"(?:[^"\\]|\\.)*"|\$\((?:[^()]|\([^()]*\))*\)|\$\{[^}]*\}|\$(?![({])|[ \t])*?[ \t](&&|\|\||\|)(?=[ \t])/;

/** A quick look: most scripts have no such line. */
export function mayBreakTests(text: string): boolean {
  return /\[ [^\]\n]*[ \t](?:&&|\|\|?)[ \t]/.test(text);
}

/**
 * Tests in single brackets that the shell ends at an operator, because they are commands like any other: `[ a || b ]`.
 * Here-documents are no shell.
 */
export function brokenTests(text: string, heredocs: readonly Heredoc[]): readonly BrokenTest[] {
  const found: BrokenTest[] = [];
  for (const match of text.matchAll(OPENING)) {
    const bracket = match.index + match[0].length - 1;
    const lineStart = text.lastIndexOf("\n", bracket) + 1;
    const newline = text.indexOf("\n", bracket);
    const line = text.slice(bracket + 1, newline === -1 ? text.length : newline);
    const inside = heredocs.some(({ start, end }) => bracket >= start && bracket < end);
    if (inside || !isShell(text.slice(lineStart, bracket))) continue;
    const operator = OPERATOR.exec(line);
    if (operator === null || / \]/.test(operator[0]) || !/[ \t]\](?=[ \t;)&|}]|$)/.test(line.slice(operator[0].length)))
      continue;
    const end = bracket + 1 + operator[0].length;
    found.push({ start: bracket, end, operator: operator[1] as string });
  }
  return found;
}

/** Whether what stands before on the line leaves neither a comment nor a quote open. */
function isShell(before: string): boolean {
  const rest = before.replace(/\\.|'[^']*'|"(?:[^"\\]|\\.)*"/g, "");
  return !/['"]|(^|\s)#/.test(rest);
}

/** The text with such tests as plain commands, offsets kept, so that the rest of it can be understood. */
export function withoutBrokenTests(text: string, tests: readonly BrokenTest[]): string {
  let masked = text;
  for (const { start } of tests) masked = `${masked.slice(0, start)}:${masked.slice(start + 1)}`;
  return masked;
}
