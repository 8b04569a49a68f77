/** What `getopt` makes of a command line. Short options have no dashes, long ones have two: `x`, `--offline`. */
export type ParsedWords =
  | { readonly ok: true; readonly options: readonly ParsedOption[]; readonly operands: readonly string[] }
  /** The line that getopt prints, without the program's name. */
  | { readonly ok: false; readonly message: string };

export interface ParsedOption {
  readonly name: string;
  /** Empty for options without a value. */
  readonly value: string;
}

export interface OptionTable {
  /** As getopt's `-o`: letters, a colon after those that take a value. */
  readonly short: string;
  /** Long names; a colon after those that take a value. */
  readonly long: readonly string[];
  /** More long names, which abbreviations never mean. */
  readonly exact: readonly string[];
}

/**
 * Parses words as util-linux getopt does: options anywhere among operands until `--`, letters in one word (`-xu`),
 * values in the same word or the next (`-oNAME`, `--logfile=FILE`), unambiguous beginnings of long names.
 */
export function getopt(words: readonly string[], table: OptionTable): ParsedWords {
  const options: ParsedOption[] = [];
  const operands: string[] = [];
  const rest = [...words];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (word === "--") {
      operands.push(...rest);
      break;
    }
    if (word === "-" || !word.startsWith("-")) {
      operands.push(word);
      continue;
    }
    const taken = word.startsWith("--") ? takeLong(word, rest, table) : takeShort(word, rest, table);
    if (typeof taken === "string") return { ok: false, message: taken };
    options.push(...taken);
  }
  return { ok: true, options, operands };
}

function takeLong(word: string, rest: string[], table: OptionTable): readonly ParsedOption[] | string {
  const equals = word.indexOf("=");
  const written = word.slice(2, equals === -1 ? undefined : equals);
  const found = findLong(written, table);
  if (found.length === 0) return `unrecognized option '--${written}'`;
  const [spec = ""] = found;
  if (found.length > 1) {
    const names = found.map((one) => `'--${one.replace(":", "")}'`).join(" ");
    return `option '--${written}' is ambiguous; possibilities: ${names}`;
  }
  const name = `--${spec.replace(":", "")}`;
  const inline = equals === -1 ? undefined : word.slice(equals + 1);
  if (!spec.endsWith(":")) {
    return inline === undefined ? [{ name, value: "" }] : `option '${name}' doesn't allow an argument`;
  }
  const value = inline ?? rest.shift();
  return value === undefined ? `option '${name}' requires an argument` : [{ name, value }];
}

function findLong(written: string, table: OptionTable): readonly string[] {
  const exact = [...table.long, ...table.exact].filter((spec) => spec.replace(":", "") === written);
  return exact.length > 0 ? exact : table.long.filter((spec) => spec.startsWith(written));
}

function takeShort(word: string, rest: string[], table: OptionTable): readonly ParsedOption[] | string {
  const options: ParsedOption[] = [];
  for (let at = 1; at < word.length; at += 1) {
    const letter = word[at] as string;
    const letterAt = letter === ":" ? -1 : table.short.indexOf(letter);
    if (letterAt === -1) return `invalid option -- '${letter}'`;
    if (table.short[letterAt + 1] !== ":") {
      options.push({ name: letter, value: "" });
      continue;
    }
    const value = at + 1 < word.length ? word.slice(at + 1) : rest.shift();
    if (value === undefined) return `option requires an argument -- '${letter}'`;
    return [...options, { name: letter, value }];
  }
  return options;
}
