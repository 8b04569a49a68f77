/** A text that diagnostics point into. Offsets are UTF-16 code units into `text`, as in TypeScript. */
export interface SourceText {
  /** Path as the user should see it: absolute, or relative to the working directory. */
  readonly path: string;
  readonly text: string;
}

/** One-based line and column, as editors show them. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

const lineStartsBySource = new WeakMap<SourceText, readonly number[]>();

function lineStarts(source: SourceText): readonly number[] {
  const known = lineStartsBySource.get(source);
  if (known) return known;
  const starts = [0];
  for (let at = source.text.indexOf("\n"); at !== -1; at = source.text.indexOf("\n", at + 1)) starts.push(at + 1);
  lineStartsBySource.set(source, starts);
  return starts;
}

/** Position of an offset; an offset past the end gives the position of the end. */
export function positionAt(source: SourceText, offset: number): Position {
  const starts = lineStarts(source);
  const clamped = Math.max(0, Math.min(offset, source.text.length));
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] as number) <= clamped) low = middle;
    else high = middle - 1;
  }
  return { line: low + 1, column: clamped - (starts[low] as number) + 1 };
}

/** Offsets `[start, end)` of a one-based line, without its line terminator. */
export function lineRange(source: SourceText, line: number): { readonly start: number; readonly end: number } {
  const starts = lineStarts(source);
  const start = starts[Math.max(0, Math.min(line, starts.length) - 1)] as number;
  const newline = source.text.indexOf("\n", start);
  const end = newline === -1 ? source.text.length : newline;
  return { start, end: source.text[end - 1] === "\r" && end > start ? end - 1 : end };
}
