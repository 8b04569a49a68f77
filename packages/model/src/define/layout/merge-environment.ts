import { environmentStatements } from "../../views/environment-statements.js";
import { aboveWithComments, joinLines, type LayoutLine, layoutLines, newLine } from "./layout-lines.js";

/** What a definition says of one variable: its name, and the lines that set it. */
export interface VariableText {
  readonly name: string;
  readonly text: string;
}

/**
 * A file of `environment.d` with the variables of a definition: a statement that means the same stays as it is written,
 * another one is replaced, and those of other variables go.
 */
export function mergeEnvironment(layout: string, wanted: readonly VariableText[]): string {
  const lines = layoutLines(layout);
  const texts = new Map(wanted.map(({ name, text }) => [name, text]));
  const statements = environmentStatements(layout);
  for (const { name, meaning, first, last } of statements.toReversed()) {
    const text = texts.get(name);
    if (text !== undefined && (isWritten(layout, text) || (meaning && meaning === meaningOf(text)))) continue;
    const start = text === undefined ? aboveWithComments(lines, first) : first;
    lines.splice(start, last - start + 1, ...linesOf(text ?? "", lines));
  }
  const known = new Set(statements.map(({ name }) => name));
  for (const [name, text] of texts) if (!known.has(name)) lines.push(...linesOf(text, lines));
  return joinLines(lines);
}

/** Of the statements that a definition makes, those of several lines are known by their text only. */
function isWritten(layout: string, text: string): boolean {
  return text.trimEnd().includes("\n") && layout.includes(text);
}

function meaningOf(text: string): string | undefined {
  return environmentStatements(text)[0]?.meaning;
}

function linesOf(text: string, lines: readonly LayoutLine[]): readonly LayoutLine[] {
  return layoutLines(text).map((line) => newLine(line.text, lines));
}
