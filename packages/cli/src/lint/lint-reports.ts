import { resolve } from "node:path";
import { type LintResult, type Rule, reporters } from "@dibkit/lint";
import { dibkitVersion } from "../dibkit-version.js";
import type { Terminal } from "../terminal.js";
import { writeWhole } from "../write-whole.js";

/** A report to write: format and file, undefined for the terminal. */
export interface WantedReport {
  readonly format: string;
  readonly file: string | undefined;
}

const REPORT = { what: "report", option: "--output-file" };

/** Writes each report to its file or the terminal; false when a file cannot be written, which is then told. */
export async function writeReports(
  result: LintResult,
  wanted: readonly WantedReport[],
  rules: readonly Rule[],
  terminal: Terminal,
): Promise<boolean> {
  const version = dibkitVersion();
  const ruleById = new Map(rules.map((rule) => [rule.id, rule]));
  let fine = true;
  for (const { format, file } of wanted) {
    const reporter = reporters.find((candidate) => candidate.name === format);
    if (reporter === undefined) throw new Error(`no reporter for format ${format}`);
    const color = terminal.color && file === undefined;
    const text = reporter.render(result, { cwd: terminal.cwd, color, version, rules: ruleById });
    if (file === undefined) terminal.stdout.write(text);
    else fine = (await writeWhole(terminal, resolve(terminal.cwd, file), text, REPORT)) && fine;
  }
  return fine;
}
