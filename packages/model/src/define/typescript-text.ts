/**
 * Just enough of TypeScript's lexical grammar to walk over an expression whose beginning is known: strings,
 * templates, comments and brackets. Regular expression literals are taken for divisions, which is harmless unless
 * one holds an unbalanced bracket or quote.
 */
export function skipTrivia(text: string, from: number): number {
  let at = from;
  for (;;) {
    if (/\s/.test(text[at] ?? "")) at += 1;
    else if (text.startsWith("//", at)) at = indexOrEnd(text, "\n", at);
    else if (text.startsWith("/*", at)) at = indexOrEnd(text, "*/", at + 2) + 2;
    else return at;
  }
}

/** Offset after the token or the balanced bracket that begins at `at`. */
export function skipToken(text: string, at: number): number {
  const char = text[at];
  if (char === "'" || char === '"') return skipString(text, at);
  if (char === "`") return skipTemplate(text, at);
  if (char === "(" || char === "[" || char === "{") return skipBracket(text, at);
  const word = /[A-Za-z0-9_$\u0080-\uffff]+/y;
  word.lastIndex = at;
  return word.test(text) ? word.lastIndex : at + 1;
}

function skipString(text: string, at: number): number {
  for (let next = at + 1; next < text.length; next += 1) {
    if (text[next] === "\\") next += 1;
    else if (text[next] === text[at] || text[next] === "\n") return next + 1;
  }
  return text.length;
}

/** Offset after the closing backtick of the template that opens at `at`. */
export function skipTemplate(text: string, at: number): number {
  for (let next = at + 1; next < text.length; next += 1) {
    if (text[next] === "\\") next += 1;
    else if (text[next] === "`") return next + 1;
    else if (text.startsWith("${", next)) next = skipBracket(text, next + 1) - 1;
  }
  return text.length;
}

/** Offset after the bracket that closes the one at `at`. */
export function skipBracket(text: string, at: number): number {
  let next = skipTrivia(text, at + 1);
  while (next < text.length && !")]}".includes(text[next] as string)) next = skipTrivia(text, skipToken(text, next));
  return Math.min(next + 1, text.length);
}

function indexOrEnd(text: string, wanted: string, from: number): number {
  const at = text.indexOf(wanted, from);
  return at === -1 ? text.length : at;
}

/** A property of an object literal: its key, and where its value begins. */
export interface LocatedProperty {
  readonly start: number;
  readonly end: number;
  readonly value: number;
}

/** The property `name` of the object literal that opens at `at`; shorthand and spread properties have no value. */
export function findProperty(text: string, at: number, name: string): LocatedProperty | undefined {
  let next = skipTrivia(text, at + 1);
  while (next < text.length && text[next] !== "}") {
    const start = next;
    const end = skipToken(text, start);
    const colon = skipTrivia(text, end);
    const key = text.slice(start, end).replace(/^(['"])(.*)\1$/s, "$2");
    if (key === name) return { start, end, value: text[colon] === ":" ? skipTrivia(text, colon + 1) : start };
    next = colon;
    while (next < text.length && text[next] !== "," && text[next] !== "}")
      next = skipTrivia(text, skipToken(text, next));
    if (text[next] === ",") next = skipTrivia(text, next + 1);
  }
  return undefined;
}

/** Range of the item `index` of the array literal that opens at `at`; undefined after a spread, whose length is unknown. */
export function findItem(text: string, at: number, index: number): { start: number; end: number } | undefined {
  let next = skipTrivia(text, at + 1);
  for (let item = 0; next < text.length && text[next] !== "]"; item += 1) {
    const start = next;
    let end = next;
    if (text.startsWith("...", start)) return undefined;
    while (next < text.length && text[next] !== "," && text[next] !== "]") {
      end = skipToken(text, next);
      next = skipTrivia(text, end);
    }
    if (item === index) return { start, end };
    if (text[next] === ",") next = skipTrivia(text, next + 1);
  }
  return undefined;
}
