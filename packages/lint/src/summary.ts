import type { Severity } from "@dibkit/model";
import type { LintResult } from "./lint-elements.js";

export interface Counts {
  readonly errors: number;
  readonly warnings: number;
  readonly infos: number;
}

export function countsOf(result: Pick<LintResult, "diagnostics">): Counts {
  const count = (severity: Severity) => result.diagnostics.filter((one) => one.severity === severity).length;
  return { errors: count("error"), warnings: count("warning"), infos: count("info") };
}

/** Whether the findings fail a run: errors do, and warnings beyond `maxWarnings` (all allowed when undefined). */
export function isFailure(result: Pick<LintResult, "diagnostics">, maxWarnings: number | undefined): boolean {
  const { errors, warnings } = countsOf(result);
  return errors > 0 || (maxWarnings !== undefined && warnings > maxWarnings);
}
