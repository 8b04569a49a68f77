import { Chalk, type ChalkInstance } from "chalk";
import type { LintResult } from "../lint-elements.js";
import { renderFinding } from "../render-finding.js";
import { defineReporter } from "../reporter.js";
import { countsOf } from "../summary.js";

export default defineReporter({
  name: "pretty",
  summary: "findings with the code they are about, for people",
  render(result, { cwd, color }) {
    const chalk = new Chalk({ level: color ? 1 : 0 });
    const matters = result.diagnostics.filter(({ severity }) => severity !== "info");
    // Nobody has to act on the rest, so it takes a line as long as there is something to act on.
    const shown = matters.length > 0 ? matters : result.diagnostics;
    const findings = shown.map((diagnostic) => renderFinding(diagnostic, cwd, chalk));
    return `${findings.join("\n")}${findings.length > 0 ? "\n" : ""}${summary(result, chalk)}${notShown(result, shown.length)}\n`;
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

/** Which rules have more to say, and how to read it. */
function notShown({ diagnostics }: LintResult, shown: number): string {
  if (shown === diagnostics.length) return "";
  const counts = new Map<string, number>();
  for (const { code, severity } of diagnostics) if (severity === "info") counts.set(code, (counts.get(code) ?? 0) + 1);
  const rules = [...counts].map(([code, count]) => (count === 1 ? code : `${code} (${count})`));
  return `\ninfo, not shown: ${rules.join(", ")}; --format compact lists all`;
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
