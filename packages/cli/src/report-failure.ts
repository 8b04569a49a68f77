import type { Diagnostic } from "@dibkit/model";
import type { ProjectFailure } from "./project/project-failure.js";
import { type Terminal, usageFailure } from "./terminal.js";

/** Tells why a project cannot be used, on stderr; 1 for findings in the user's files, 2 for wrong usage. */
export async function reportFailure(terminal: Terminal, failure: ProjectFailure): Promise<1 | 2> {
  if (failure.kind === "usage") return usageFailure(terminal, failure.message, failure.help);
  await reportFindings(terminal, failure.diagnostics);
  return 1;
}

/** Shows findings on stderr, each with its code frame, as `dibkit lint` shows them. */
export async function reportFindings(terminal: Terminal, diagnostics: readonly Diagnostic[]): Promise<void> {
  // What shows findings takes as long to load as many a command to run.
  if (diagnostics.length === 0) return;
  const [{ renderFinding }, { Chalk }] = await Promise.all([import("@dibkit/lint"), import("chalk")]);
  const chalk = new Chalk({ level: terminal.colorStderr ? 1 : 0 });
  terminal.stderr.write(diagnostics.map((one) => renderFinding(one, terminal.cwd, chalk)).join("\n"));
}
