/**
 * A shell word: quotes and expansions may hold blanks. Blanks are those of bash, so a line that is not blank has a word
 * whatever else it is made of: JavaScript takes a byte-order mark for a blank too.
 */
const WORD = /(?:\$\{[^}]*\}|\$\([^)]*\)|"(?:\\.|[^"\\])*"|'[^']*'|\\.|[^ \t\v\f"'\\$]|[$"'\\])+/gs;
const PLAIN_WORD = /[^ \t\v\f]+/g;

/** The words of a line as the shell would split it, each with its offset. */
export function repositoryWords(line: string): readonly RegExpExecArray[] {
  // Unclosed quotes make the shell pattern quadratic, so a monstrous line is cut at blanks only.
  return [...line.matchAll(line.length > 10_000 ? PLAIN_WORD : WORD)];
}
