import { type Element, type Location, type RegularFile, type SourceText, textOf } from "@dibkit/model";

/**
 * Where an author wrote `[start, end)` of a generated file: the place in the TypeScript module when origin spans say
 * so, else the place in the generated text. Spans are as long as their source when nothing was escaped; otherwise the
 * whole source span is given.
 */
export function authorLocation(element: Element, file: RegularFile, start: number, end: number): Location {
  const generated: Location = { source: textOf(element, file), start, end };
  if (file.origin.kind === "disk") return generated;
  const spans = file.origin.spans();
  const last = spans.findLast((span) => span.start <= start && (start < span.end || span.start === start));
  const span = last ?? spans.findLast((candidate) => candidate.start <= start) ?? spans[0];
  if (span === undefined) return generated;
  const exact = span.end - span.start === span.sourceEnd - span.sourceStart && start < span.end && start >= span.start;
  if (!exact) return { source: span.source, start: span.sourceStart, end: span.sourceEnd };
  const at = span.sourceStart + (start - span.start);
  const length = Math.min(end, span.end) - start;
  return { source: span.source, start: at, end: Math.min(at + length, span.sourceEnd) };
}

/** Finds the file of an element that a text came from. */
export function fileOfSource(element: Element, source: SourceText): RegularFile | undefined {
  for (const entry of element.files.values()) {
    if (entry.kind === "file" && textOf(element, entry) === source) return entry;
  }
  return undefined;
}
