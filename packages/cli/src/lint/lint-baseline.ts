import { rename, writeFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { applyBaseline, type Baseline, createBaseline, type LintResult, parseBaseline } from "@dibkit/lint";
import { ANOTHER_PATH, systemTrouble } from "@dibkit/model/resolution";
import { count } from "../count.js";
import { type Terminal, usageFailure } from "../terminal.js";

/**
 * Leaves out the findings a baseline file lists. With `update` the file is written anew from all findings, which also
 * drops those that are gone. Undefined, and a message, when the file cannot be used.
 */
export async function baselined(
  result: LintResult,
  file: string,
  update: boolean,
  terminal: Terminal,
): Promise<LintResult | undefined> {
  const path = resolve(terminal.cwd, file);
  const base = dirname(path);
  if (update) {
    const baseline = createBaseline(result, base);
    if (!(await written(path, baseline, terminal))) return undefined;
    terminal.stderr.write(`wrote ${count(baseline.findings.length, "kind")} of findings to ${file}\n`);
    return applyBaseline(result, baseline, base).result;
  }
  let text: string;
  try {
    const { readNamedFile } = await import("@dibkit/model");
    text = (await readNamedFile(path)).toString();
  } catch (error) {
    // Another reason than that it is not there yet has another remedy.
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    usageFailure(terminal, `baseline "${file}" cannot be read`, "write it with --update-baseline");
    return undefined;
  }
  const baseline = parseBaseline(text);
  if (baseline === undefined) {
    usageFailure(terminal, `"${file}" is not a baseline`, "write it anew with --update-baseline");
    return undefined;
  }
  const { result: rest, pruned } = applyBaseline(result, baseline, base);
  if (pruned !== baseline) {
    terminal.stderr.write(`some findings of ${file} are gone; --update-baseline drops them from it\n`);
  }
  return rest;
}

async function written(path: string, baseline: Baseline, terminal: Terminal): Promise<boolean> {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    await writeFile(temporary, `${JSON.stringify(baseline, null, 2)}\n`);
    await rename(temporary, path);
    return true;
  } catch (error) {
    const trouble = systemTrouble(error);
    if (trouble === undefined) throw error;
    const help = trouble.help.replace(ANOTHER_PATH, "choose another file with --baseline");
    usageFailure(terminal, `baseline "${path}" cannot be written: ${trouble.reason}`, help);
    return false;
  }
}
