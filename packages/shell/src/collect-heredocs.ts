import type { Facts, Visit } from "./facts.js";
import type { Heredoc, Span } from "./shell-script.js";

/**
 * A here-document by its opening. Its text is found line by line as the shell does: the grammar guesses when the line
 * that should end it is indented.
 */
export function collectHeredoc({ node, context, text }: Visit, facts: Facts): void {
  const start = node.children.find((child) => child.type === "heredoc_start");
  if (!start) return;
  const written = text.slice(start.start, start.end);
  const delimiter = written.replace(/['"\\]/g, "");
  const before = facts.heredocs.at(-1);
  const newline = text.indexOf("\n", start.end);
  const first = newline === -1 ? text.length : newline + 1;
  // Several on one line follow each other.
  const from =
    before && before.opening.end < start.start && before.start === first ? endOfLine(text, before.end) : first;
  const indented = text.slice(node.start, start.start).includes("<<-");
  facts.heredocs.push({
    ...bodyOf(text, from, delimiter, indented),
    delimiter,
    quoted: /['"\\]/.test(written),
    opening: { start: node.start, end: start.end },
    context,
  });
}

type Body = Pick<Heredoc, "start" | "end" | "ended" | "almost">;

function bodyOf(text: string, start: number, delimiter: string, indented: boolean): Body {
  let almost: Span | undefined;
  for (let at = start; at < text.length; ) {
    const newline = text.indexOf("\n", at);
    const end = newline === -1 ? text.length : newline;
    const line = text.slice(at, end);
    if ((indented ? line.replace(/^\t+/, "") : line) === delimiter) return { start, end: at, ended: true, almost };
    if (almost === undefined && line.includes(delimiter) && isAlmost(line, delimiter)) almost = { start: at, end };
    at = end + 1;
  }
  return { start: Math.min(start, text.length), end: text.length, ended: false, almost };
}

function isAlmost(line: string, delimiter: string): boolean {
  const trimmed = line.trim();
  return (
    trimmed === delimiter || (trimmed.startsWith(delimiter) && /^[\s;)}'"`|&]+$/.test(trimmed.slice(delimiter.length)))
  );
}

function endOfLine(text: string, at: number): number {
  const newline = text.indexOf("\n", at);
  return newline === -1 ? text.length : newline + 1;
}
