import { type Diagnostic, type Location, positionAt, type Severity } from "@dibkit/model";
import type { Diagnostic as LspDiagnostic, Range } from "vscode-languageserver/node.js";
import { uriOfPath } from "./workspace.js";

/** Numbers of the protocol's DiagnosticSeverity. */
const SEVERITY: Readonly<Record<Severity, 1 | 2 | 3>> = { error: 1, warning: 2, info: 3 };

export function lspDiagnostic(diagnostic: Diagnostic): LspDiagnostic {
  const { code, severity, message, help, location, related } = diagnostic;
  return {
    range: location ? rangeOf(location) : { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } },
    severity: SEVERITY[severity],
    source: "dibkit",
    code,
    message: help === undefined ? message : `${message}\nhelp: ${help}`,
    ...(related?.length && {
      relatedInformation: related.map((other) => ({
        message: other.message,
        location: { uri: uriOfPath(other.location.source.path), range: rangeOf(other.location) },
      })),
    }),
  };
}

/** Zero-based, in UTF-16 units, as the protocol and dibkit both count. */
export function rangeOf({ source, start, end }: Location): Range {
  const from = positionAt(source, start);
  const to = positionAt(source, end);
  return {
    start: { line: from.line - 1, character: from.column - 1 },
    end: { line: to.line - 1, character: to.column - 1 },
  };
}
