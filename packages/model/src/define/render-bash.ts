import type { BashFragment, BashValue, VariableReference } from "./bash.js";
import { DefinitionError } from "./definition-error.js";
import { shellContextAt } from "./shell-context.js";
import { quoteFor, shellQuote } from "./shell-quote.js";

/** A stretch of rendered text and what of a template it came from. */
export interface RenderedSegment {
  readonly start: number;
  readonly end: number;
  readonly template: BashFragment;
  /** Raw text: offsets in `template.parts[part]`. A value: the whole interpolation `part`. */
  readonly from:
    | { readonly kind: "text"; readonly part: number; readonly start: number; readonly end: number }
    | { readonly kind: "value"; readonly part: number };
}

export interface RenderedBash {
  readonly text: string;
  readonly segments: readonly RenderedSegment[];
}

interface Output {
  text: string;
  readonly segments: RenderedSegment[];
}

/** The fragment as shell text: dedented, without the blank first and last line, values quoted. */
export function renderBash(fragment: BashFragment): RenderedBash {
  const output: Output = { text: "", segments: [] };
  render(fragment, "", output);
  return output;
}

function render(fragment: BashFragment, indent: string, output: Output): void {
  const margin = commonIndent(fragment.parts);
  const last = fragment.parts.length - 1;
  fragment.parts.forEach((part, index) => {
    let start = index === 0 ? (/^[ \t]*\r?\n/.exec(part)?.[0].length ?? 0) : 0;
    const end = index === last ? part.length - (/\r?\n[ \t]*$/.exec(part)?.[0].length ?? 0) : part.length;
    let atLineStart = index === 0;
    while (start < end) {
      const newline = part.indexOf("\n", start);
      const lineEnd = newline === -1 || newline >= end ? end : newline + 1;
      if (atLineStart) {
        const line = part.slice(start, lineEnd);
        const white = /^[ \t]*/.exec(line)?.[0].length ?? 0;
        start += Math.min(white, margin);
        if (white < line.trimEnd().length && output.text.endsWith("\n")) output.text += indent;
      }
      writeText(fragment, index, start, lineEnd, output);
      start = lineEnd;
      atLineStart = true;
    }
    if (index < last) writeValue(fragment, index, output);
  });
}

/** Smallest indentation of the template's own lines; the interpolations count as text. */
function commonIndent(parts: readonly string[]): number {
  const lines = parts.join("\uFFFC").split("\n");
  // Text right after the opening backtick says nothing about the indentation of the rest.
  const indents = (lines.length > 1 ? lines.slice(1) : lines)
    .filter((line) => line.trim() !== "")
    .map((line) => (/^[ \t]*/.exec(line) as RegExpExecArray)[0].length);
  return indents.length === 0 ? 0 : Math.min(...indents);
}

/** Writes raw text, with the escapes that only the template needs taken away. */
function writeText(fragment: BashFragment, part: number, start: number, end: number, output: Output): void {
  const text = fragment.parts[part] as string;
  let from = start;
  const flush = (to: number) => {
    if (to > from) push(output, text.slice(from, to), fragment, { kind: "text", part, start: from, end: to });
  };
  for (let at = start; at < end - 1; at += 1) {
    const escapes = text[at] === "\\" && (text[at + 1] === "`" || text.startsWith("${", at + 1));
    const brace = text[at] === "\\" && text[at + 1] === "{" && text[at - 1] === "$";
    if (!escapes && !brace) continue;
    flush(at);
    from = at + 1;
    at += 1;
  }
  flush(end);
}

function push(output: Output, text: string, template: BashFragment, from: RenderedSegment["from"]): void {
  if (text === "") return;
  const start = output.text.length;
  output.text += text;
  output.segments.push({ start, end: output.text.length, template, from });
}

function writeValue(fragment: BashFragment, part: number, output: Output): void {
  const value = fragment.values[part] as BashValue;
  if (typeof value === "object" && "dibkit" in value && value.dibkit === "bash") {
    const line = output.text.slice(output.text.lastIndexOf("\n") + 1);
    const reindent = line.trim() === "" && !value.parts.some((text) => text.includes("<<"));
    render(value, reindent ? line : "", output);
    return;
  }
  push(output, valueText(value, output.text, fragment), fragment, { kind: "value", part });
}

function valueText(value: Exclude<BashValue, BashFragment>, before: string, fragment: BashFragment): string {
  if (typeof value === "number") return String(value);
  const context = shellContextAt(before);
  if (typeof value === "string") return quoteFor(context, checked(value, fragment));
  if (isList(value)) {
    const words = value.map((item) => checked(String(item), fragment));
    return context === "word" ? words.map(shellQuote).join(" ") : quoteFor(context, words.join(" "));
  }
  if (value?.dibkit === "raw") return value.text;
  if (value?.dibkit === "variable") return expansion(value, context, fragment);
  throw new DefinitionError(
    `a bash template cannot hold ${describe(value)}; it takes strings, numbers, arrays of them, bash fragments, raw() and variables`,
    fragment.site,
  );
}

function isList(value: unknown): value is readonly (string | number)[] {
  return Array.isArray(value);
}

function expansion(
  value: VariableReference,
  context: ReturnType<typeof shellContextAt>,
  fragment: BashFragment,
): string {
  const plain = `\${${value.name}}`;
  if (context === "word") return `"${plain}"`;
  if (context === "single") return `'"${plain}"'`;
  if (context === "heredoc-quoted" || context === "ansi")
    throw new DefinitionError(
      `variable "${value.name}" would not be expanded inside ${context === "ansi" ? "$'…'" : "a quoted here-document"}`,
      fragment.site,
      "write the here-document's delimiter without quotes",
    );
  return plain;
}

function checked(text: string, fragment: BashFragment): string {
  if (!text.includes("\0")) return text;
  throw new DefinitionError("a shell script cannot hold a NUL character", fragment.site);
}

function describe(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  return `a value of type ${typeof value}`;
}
