/** Lines of an environment file that set one variable. */
export interface EnvironmentStatement {
  readonly name: string;
  /** `default` for `X=${X:-word}`, `fixed` for `X=word`, `computed` for all else. */
  readonly kind: "default" | "fixed" | "computed";
  /** The word as a definition writes it. */
  readonly word: string;
  /** The string that the word is; undefined where the shell expands something in it. */
  readonly plain: string | undefined;
  /** Equal for statements that do the same; undefined where only the code knows. */
  readonly meaning: string | undefined;
  /** Indexes of its first and last line. */
  readonly first: number;
  readonly last: number;
}

const EXPORTED = /^export ([A-Za-z_][A-Za-z0-9_]*)(?:=(.*))?$/;
const ASSIGNED = /^([A-Za-z_][A-Za-z0-9_]*)=(.*)$/;

/**
 * Statements that set and export a variable whenever the file is sourced: they stand at the beginning of a line, outside
 * of any condition. An assignment and an export on the next line are one.
 */
export function environmentStatements(text: string): readonly EnvironmentStatement[] {
  const lines = text.split(/\r\n|\n|\r/).map((line) => line.trimEnd());
  return lines.flatMap((line, index) => {
    const [, name, word] = EXPORTED.exec(line) ?? [];
    if (name === undefined) return [];
    const [, assigned, before] = ASSIGNED.exec(lines[index - 1] ?? "") ?? [];
    if (word !== undefined || assigned !== name) return [statement(name, word, index, index)];
    return [statement(name, before, index - 1, index)];
  });
}

function statement(name: string, word: string | undefined, first: number, last: number): EnvironmentStatement {
  if (word === undefined || !isWholeWord(word))
    return { name, kind: "computed", word: "", plain: undefined, meaning: undefined, first, last };
  const fallback = new RegExp(`^("?)\\$\\{${name}:-(.*)\\}\\1$`).exec(word);
  const [kind, own] = fallback ? defaultWord(word, fallback) : (["fixed", word] as const);
  const plain = plainWord(own);
  const meaning = `${kind} ${plain === undefined ? `as written ${own}` : `text ${plain}`}`;
  return { name, kind, word: own, plain, meaning, first, last };
}

/** In `"${X:-word}"` the quotes are moved to the word, where a definition writes them. */
function defaultWord(word: string, [, quote, inner = ""]: RegExpExecArray): readonly ["default" | "fixed", string] {
  if (quote === "") return ["default", inner];
  return /["']/.test(inner) ? ["fixed", word] : ["default", inner === "" ? "" : `"${inner}"`];
}

/** One shell word that ends on its line: no operator, comment or open quote. */
function isWholeWord(word: string): boolean {
  return /^(?:[^\s'"\\`$;&|<>()#]|\$\{[^{}'"`\n]*\}|\$\w+|\$\{\w+:-(?:[^{}'"`\n]|"[^"\n]*"|'[^'\n]*'|\$\{\w+\})*\}|"[^"`\n]*"|'[^'\n]*')*$/.test(
    word,
  );
}

/** The string a word without expansions means; undefined when it has some. */
function plainWord(word: string): string | undefined {
  if (/[$`\\]/.test(word)) return undefined;
  return word.replace(/'([^']*)'|"([^"]*)"/g, "$1$2");
}
