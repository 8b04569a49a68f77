/** A range of a text, and what comes in its place. */
export interface TextReplacement {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** The text after replacements that do not overlap; of several at one offset, the first given comes first. */
export function applyReplacements(text: string, edits: readonly TextReplacement[]): string {
  let result = "";
  let at = 0;
  for (const edit of [...edits].sort((a, b) => a.start - b.start || a.end - b.end)) {
    result += text.slice(at, edit.start) + edit.text;
    at = edit.end;
  }
  return result + text.slice(at);
}
