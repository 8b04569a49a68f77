import { type Diagnostic, positionAt } from "@dibkit/model";

/** A diagnostic as `file:line:column message (code)`, which is how it reaches people. */
export function rendered(diagnostic: Diagnostic): string {
  const { location } = diagnostic;
  const { line, column } = location ? positionAt(location.source, location.start) : { line: 0, column: 0 };
  const file = location?.source.path.split("/").at(-1) ?? "";
  return `${file}:${line}:${column} ${diagnostic.message} (${diagnostic.code})`;
}

/** The text a location points at. */
export function textAt(location: {
  readonly source: { readonly text: string };
  readonly start: number;
  readonly end: number;
}): string {
  return location.source.text.slice(location.start, location.end);
}
