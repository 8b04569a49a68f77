/** A variable that an environment file sets. */
export interface ExportedVariable {
  readonly name: string;
  /** `default` for `export X=${X:-word}`, `fixed` for `export X=word`, `computed` for all else. */
  readonly kind: "default" | "fixed" | "computed";
  /** The word as written. */
  readonly word: string;
}

const STATEMENT = /^export ([A-Za-z_][A-Za-z0-9_]*)(?:=(.*))?$/;

/**
 * Variables an environment file sets whenever it is sourced: exports that stand at the beginning of a line, outside
 * of any condition.
 */
export function exportedVariables(text: string): readonly ExportedVariable[] {
  const found = new Map<string, ExportedVariable>();
  for (const line of text.split("\n")) {
    const [, name, word] = STATEMENT.exec(line.trimEnd()) ?? [];
    if (!name) continue;
    const variable = statement(name, word);
    // Set twice, only the code knows which one counts.
    found.set(name, found.has(name) ? { name, kind: "computed", word: "" } : variable);
  }
  return [...found.values()];
}

function statement(name: string, word: string | undefined): ExportedVariable {
  if (word === undefined || !isWholeWord(word)) return { name, kind: "computed", word: "" };
  const fallback = new RegExp(`^\\$\\{${name}:-(.*)\\}$`).exec(word);
  return fallback ? { name, kind: "default", word: fallback[1] as string } : { name, kind: "fixed", word };
}

/** One shell word that ends on its line: no operator, comment or open quote. */
function isWholeWord(word: string): boolean {
  return /^(?:[^\s'"\\`$;&|<>()#]|\$\{[^{}'"`\n]*\}|\$\w+|\$\{\w+:-(?:[^{}'"`\n]|"[^"\n]*"|'[^'\n]*'|\$\{\w+\})*\}|"[^"`\n]*"|'[^'\n]*')*$/.test(
    word,
  );
}

/** The string a word without expansions means; undefined when it has some. */
export function plainWord(word: string): string | undefined {
  if (/[$`\\]/.test(word)) return undefined;
  return word.replace(/'([^']*)'|"([^"]*)"/g, "$1$2");
}
