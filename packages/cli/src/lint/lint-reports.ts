import { mkdir, rename, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, resolve } from "node:path";
import { type LintResult, type Rule, reporters } from "@dibkit/lint";
import { ANOTHER_PATH, systemTrouble } from "@dibkit/model/resolution";
import { type Terminal, writeTrouble } from "../terminal.js";

/** A report to write: format and file, undefined for the terminal. */
export interface WantedReport {
  readonly format: string;
  readonly file: string | undefined;
}

/** Writes each report to its file or the terminal; false when a file cannot be written, which is then told. */
export async function writeReports(
  result: LintResult,
  wanted: readonly WantedReport[],
  rules: readonly Rule[],
  terminal: Terminal,
): Promise<boolean> {
  const { version } = createRequire(import.meta.url)("dibkit/package.json") as { version: string };
  const ruleById = new Map(rules.map((rule) => [rule.id, rule]));
  let fine = true;
  for (const { format, file } of wanted) {
    const reporter = reporters.find((candidate) => candidate.name === format);
    if (reporter === undefined) throw new Error(`no reporter for format ${format}`);
    const color = terminal.color && file === undefined;
    const text = reporter.render(result, { cwd: terminal.cwd, color, version, rules: ruleById });
    if (file === undefined) terminal.stdout.write(text);
    else fine = (await writeWhole(resolve(terminal.cwd, file), text, terminal)) && fine;
  }
  return fine;
}

async function writeWhole(path: string, text: string, terminal: Terminal): Promise<boolean> {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(temporary, text);
    await rename(temporary, path);
    return true;
  } catch (error) {
    const trouble = systemTrouble(error);
    if (trouble === undefined) throw error;
    const help = trouble.help.replace(ANOTHER_PATH, "choose another file with --output-file");
    writeTrouble(terminal, `report "${path}" cannot be written: ${trouble.reason}`, help);
    return false;
  }
}
