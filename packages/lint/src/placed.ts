import { relative, sep } from "node:path";
import { type Diagnostic, positionAt } from "@dibkit/model";

/** Where a finding is, in the words every report format has. */
export interface Placed {
  /** Relative to the working directory when inside it, with `/`; empty when the finding has no file. */
  readonly file: string;
  /** One-based; 1 when unknown. */
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

export function placed(diagnostic: Pick<Diagnostic, "location">, cwd: string): Placed {
  const { location } = diagnostic;
  if (location === undefined) return { file: "", line: 1, column: 1, endLine: 1, endColumn: 1 };
  const start = positionAt(location.source, location.start);
  const end = positionAt(location.source, location.end);
  return {
    file: shownPath(location.source.path, cwd),
    line: start.line,
    column: start.column,
    endLine: end.line,
    endColumn: end.column,
  };
}

/** The path as people in `cwd` would type it. */
export function shownPath(path: string, cwd: string): string {
  const inside = relative(cwd, path);
  const shown = inside === "" || inside.startsWith("..") ? path : inside;
  return sep === "/" ? shown : shown.replaceAll(sep, "/");
}
