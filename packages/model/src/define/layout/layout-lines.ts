/** A line of a text with what ends it: `\n`, `\r\n`, `\r`, or nothing at the end of the text. */
export interface LayoutLine {
  readonly text: string;
  readonly end: string;
}

export function layoutLines(text: string): LayoutLine[] {
  return [...text.matchAll(/([^\r\n]*)(\r\n|\n|\r|$)/g)]
    .map(([, line = "", end = ""]) => ({ text: line, end }))
    .filter(({ text: line, end }) => line !== "" || end !== "");
}

/** The lines as one text; each but the last gets an end, which a line in front of an added one may lack. */
export function joinLines(lines: readonly LayoutLine[]): string {
  const usual = lines.find(({ end }) => end !== "")?.end ?? "\n";
  return lines.map(({ text, end }, index) => text + (end === "" && index < lines.length - 1 ? usual : end)).join("");
}

/** A new line as the others of the text end. */
export function newLine(text: string, lines: readonly LayoutLine[]): LayoutLine {
  return { text, end: lines.find(({ end }) => end !== "")?.end ?? "\n" };
}

/** Index of the first of the comment lines directly above a line, which speak of it; those at the head of a file do not. */
export function aboveWithComments(lines: readonly LayoutLine[], index: number): number {
  let first = index;
  while (first > 0 && /^\s*#/.test((lines[first - 1] as LayoutLine).text)) first -= 1;
  return first === 0 ? index : first;
}
