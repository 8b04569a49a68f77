import type { Location } from "../diagnostic.js";
import type { SourceText } from "../source-text.js";

/** What Python's `str.strip` removes, which is what upstream strips names with; a byte-order mark is not in it. */
const PYTHON_SPACE = "\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";
const LEADING = new RegExp(`^[${PYTHON_SPACE}]+`);
const TRAILING = new RegExp(`[${PYTHON_SPACE}]+$`);

export interface TextLine {
  /** The line without white space at its ends. */
  readonly text: string;
  /** Place of `text`. */
  readonly location: Location;
}

/** Lines that are not blank, stripped; they end with `\n`, `\r\n` or `\r`, as in Python. */
export function strippedLines(source: SourceText): readonly TextLine[] {
  const lines: TextLine[] = [];
  for (const match of source.text.matchAll(/[^\r\n]+/g)) {
    const start = match.index + (LEADING.exec(match[0])?.[0].length ?? 0);
    const text = match[0].replace(LEADING, "").replace(TRAILING, "");
    if (text !== "") lines.push({ text, location: { source, start, end: start + text.length } });
  }
  return lines;
}
