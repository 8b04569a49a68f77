import { Chalk, type ChalkInstance } from "chalk";
import type { LintResult } from "../lint.js";
import { renderFinding } from "../render-finding.js";
import { defineReporter } from "../reporter.js";
import { countsOf } from "../summary.js";

export default defineReporter({
  name: "pretty",
  summary: "findings with the code they are about, for people",
  render(result, { cwd, color }) {
    const chalk = new Chalk({ level: color ? 1 : 0 });
    const findings = result.diagnostics.map((diagnostic) => renderFinding(diagnostic, cwd, chalk));
    return `${findings.join("\n")}${findings.length > 0 ? "\n" : ""}${summary(result, chalk)}\n`;
  },
});

function summary(result: LintResult, chalk: ChalkInstance): string {
  const { errors, warnings, infos } = countsOf(result);
  const looked = `${plural(result.elements, "element")}, ${plural(result.files, "file")}`;
  const quiet = result.suppressed > 0 ? `, ${result.suppressed} suppressed` : "";
  if (errors + warnings + infos === 0) return `${chalk.green("no findings")} in ${looked}${quiet}`;
  const fixable = result.diagnostics.filter((one) => one.fix?.safe).length;
  const unsafe = result.diagnostics.filter((one) => one.fix && !one.fix.safe).length;
  const counts = [
    errors > 0 ? chalk.red(plural(errors, "error")) : plural(errors, "error"),
    warnings > 0 ? chalk.yellow(plural(warnings, "warning")) : plural(warnings, "warning"),
    ...(infos > 0 ? [chalk.blue(plural(infos, "info"))] : []),
  ];
  const repairs = [
    ...(fixable > 0 ? [`${fixable} with --fix`] : []),
    ...(unsafe > 0 ? [`${unsafe} more with --fix-unsafe`] : []),
  ];
  const repair = repairs.length > 0 ? `\nrepairable: ${repairs.join(", ")}` : "";
  return `${counts.join(", ")} in ${looked}${quiet}${repair}`;
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
