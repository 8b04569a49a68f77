import type { Diagnostic, Severity } from "@dibkit/model";
import { Chalk, type ChalkInstance } from "chalk";
import { codeFrame } from "../code-frame.js";
import type { LintResult } from "../lint.js";
import { placed } from "../placed.js";
import { defineReporter } from "../reporter.js";
import { countsOf } from "../summary.js";

export default defineReporter({
  name: "pretty",
  summary: "findings with the code they are about, for people",
  render(result, { cwd, color }) {
    const chalk = new Chalk({ level: color ? 1 : 0 });
    const findings = result.diagnostics.map((diagnostic) => finding(diagnostic, cwd, chalk));
    return `${findings.join("\n")}${findings.length > 0 ? "\n" : ""}${summary(result, chalk)}\n`;
  },
});

const paints: Readonly<Record<Severity, "red" | "yellow" | "blue">> = { error: "red", warning: "yellow", info: "blue" };

function finding(diagnostic: Diagnostic, cwd: string, chalk: ChalkInstance): string {
  const paint = chalk[paints[diagnostic.severity]];
  const dim = (text: string) => chalk.dim(text);
  const { file, line, column } = placed(diagnostic, cwd);
  const place = diagnostic.location?.source.text === "" ? file : `${file}:${line}:${column}`;
  const lines = [`${paint(diagnostic.severity)} ${chalk.bold(diagnostic.message)} ${dim(`[${diagnostic.code}]`)}`];
  if (file !== "") lines.push(`  ${dim("at")} ${place}`);
  let text = `${lines.join("\n")}\n`;
  if (diagnostic.location) text += codeFrame(diagnostic.location, paint, dim);
  for (const related of diagnostic.related ?? []) {
    const other = placed(related, cwd);
    text += `  ${dim(`${related.message}:`)} ${other.file}:${other.line}:${other.column}\n`;
  }
  if (diagnostic.help) text += `  ${chalk.cyan("help:")} ${diagnostic.help}\n`;
  return text;
}

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
