import type { Diagnostic, Severity } from "@dibkit/model";
import type { ChalkInstance } from "chalk";
import { codeFrame } from "./code-frame.js";
import { placed } from "./placed.js";

const paints: Readonly<Record<Severity, "red" | "yellow" | "blue">> = { error: "red", warning: "yellow", info: "blue" };

/** One finding as the pretty report shows it: message, place, code frame, related places, help. */
export function renderFinding(diagnostic: Diagnostic, cwd: string, chalk: ChalkInstance): string {
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
