import type { SourceText } from "../source-text.js";
import { plainText } from "./rst-text.js";

const ADORNMENT = /^([=\-`:.'"~^_*+#])\1+\s*$/;

/** A line below a title: as in docutils a single character will do below a title that is no longer. */
function isUnderline(line: string | undefined, title: string | undefined): boolean {
  if (line === undefined) return false;
  return ADORNMENT.test(line) || (title?.trim().length === 1 && ADORNMENT.test(line.trim().repeat(2)));
}

/** Where the parts of a README are in its text. */
export interface ReadmeParts {
  readonly title: string | undefined;
  /** Offset after the title and its underline. */
  readonly body: number;
  /** The first paragraph, and its range without the end of its last line. */
  readonly summary: { readonly text: string; readonly start: number; readonly end: number } | undefined;
}

export function readmeParts({ text }: SourceText): ReadmeParts {
  const lines = text.split("\n");
  const { title, next } = titleOf(lines.map((line) => line.replace(/\r$/, "")));
  const body = lines.slice(0, next).reduce((offset, line) => offset + line.length + 1, 0);
  return { title, body: Math.min(body, text.length), summary: firstParagraph(text, body) };
}

/** The first line with an underline; an overline and blank lines before it are passed over. */
function titleOf(lines: readonly string[]): { readonly title: string | undefined; readonly next: number } {
  let at = 0;
  // An overline is as long as the underline, and so may be as short.
  while (at < lines.length && (lines[at]?.trim() === "" || isUnderline(lines[at], lines[at + 1]))) at += 1;
  if (!isUnderline(lines[at + 1], lines[at])) return { title: undefined, next: at };
  return { title: lines[at]?.trim(), next: at + 2 };
}

/** The first block of text that is no heading, directive or comment. */
function firstParagraph(text: string, from: number): ReadmeParts["summary"] {
  for (const match of text.slice(from).matchAll(/(?:[^\n]*\S[^\n]*(?:\n|$))+/g)) {
    const block = match[0].replace(/\r?\n$/, "");
    const lines = block.split("\n").map((line) => line.replace(/\r$/, ""));
    const first = lines[0] as string;
    if (/^\s*\.\.(\s|$)/.test(first) || /^\s/.test(first) || lines.some((line, at) => isUnderline(line, lines[at - 1])))
      continue;
    const start = from + match.index;
    return { text: plainText(block), start, end: start + block.length };
  }
  return undefined;
}
