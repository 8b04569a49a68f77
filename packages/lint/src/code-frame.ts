import { type Location, lineRange, positionAt } from "@dibkit/model";

// A line of a minified or hostile file would fill the screen.
const WIDEST = 160;

/** The line of a finding with a caret line under it; empty when the file has no text. */
export function codeFrame(location: Location, paint: (text: string) => string, dim: (text: string) => string): string {
  const { source, start, end } = location;
  if (source.text === "") return "";
  const { line, column } = positionAt(source, start);
  const range = lineRange(source, line);
  const number = String(line);
  // Long lines are shown around the place.
  const from = column > WIDEST - 40 ? column - 40 : 1;
  const text = visible(source.text.slice(range.start + from - 1, Math.min(range.end, range.start + from - 1 + WIDEST)));
  const lead = visible(source.text.slice(range.start + from - 1, range.start + column - 1)).length;
  const marked = visible(source.text.slice(start, Math.min(end, range.end))).length;
  const carets = "^".repeat(Math.max(1, Math.min(marked, WIDEST - lead)));
  const gutter = " ".repeat(number.length);
  return `  ${dim(`${number} |`)} ${text}\n  ${dim(`${gutter} |`)} ${" ".repeat(lead)}${paint(carets)}\n`;
}

/** Tabs as four spaces, and control characters that would move the cursor as a dot. */
function visible(text: string): string {
  return text.replaceAll("\t", "    ").replace(/[\p{Cc}\p{Cs}]/gu, "·");
}
