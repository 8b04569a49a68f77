import type { LintResult } from "./lint-elements.js";
import type { RuleTexts } from "./rule.js";

/** What a reporter may use besides the findings. */
export interface ReportOptions {
  /** Paths are shown relative to this directory when they lie in it. */
  readonly cwd: string;
  readonly color: boolean;
  /** Version of dibkit. */
  readonly version: string;
  /** Rules by id, for texts and links. */
  readonly rules: ReadonlyMap<string, RuleTexts>;
}

/** A format that findings can be written in. */
export interface Reporter {
  /** The word after `--format`. */
  readonly name: string;
  readonly summary: string;
  /** The whole report, ending with a newline unless empty. */
  render(result: LintResult, options: ReportOptions): string;
}

/** Declares a reporter: pure, one text out of a result. */
export function defineReporter(reporter: Reporter): Reporter {
  return reporter;
}
