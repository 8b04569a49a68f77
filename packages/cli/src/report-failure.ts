import type { Diagnostic } from "@dibkit/model";
import type { ProjectFailure } from "./open-project.js";
import { type Terminal, usageFailure } from "./terminal.js";

/** Tells why a project cannot be used, on stderr; 1 for findings in the user's files, 2 for wrong usage. */
export async function reportFailure(terminal: Terminal, failure: ProjectFailure): Promise<1 | 2> {
  if (failure.kind === "usage") return usageFailure(terminal, failure.message, failure.help);
  await reportFindings(terminal, failure.diagnostics);
  return 1;
}

/** Shows findings on stderr, each with its code frame. */
export async function reportFindings(terminal: Terminal, diagnostics: readonly Diagnostic[]): Promise<void> {
  const { positionAt } = await import("@dibkit/model");
  for (const { severity, code, message, location, help } of diagnostics) {
    terminal.stderr.write(`${severity}[${code}]: ${message}\n`);
    if (location) {
      const { line, column } = positionAt(location.source, location.start);
      terminal.stderr.write(`  --> ${location.source.path}:${line}:${column}\n`);
    }
    if (help) terminal.stderr.write(` help: ${help}\n`);
  }
}
