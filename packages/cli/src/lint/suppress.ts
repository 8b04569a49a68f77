import { relative } from "node:path";
import { type LintResult, planSuppressions, writeFixes } from "@dibkit/lint";
import type { ExitCode } from "../command.js";
import { count } from "../count.js";
import { type Terminal, writeTrouble } from "../terminal.js";

/**
 * Writes comments that silence all findings of a code; says which files changed and which findings no comment can
 * silence. 1 when any is left, else 0.
 */
export function suppress(result: LintResult, code: string, reason: string, terminal: Terminal): ExitCode {
  const { fixes, refused } = planSuppressions(result.diagnostics, code, reason);
  const texts = new Map(
    result.diagnostics.flatMap(({ location }) => (location ? [[location.source.path, location.source.text]] : [])),
  );
  const { changed, problems } = writeFixes({ fixes, dropped: 0 }, (path) => texts.get(path));
  for (const path of changed) terminal.stderr.write(`wrote ${relative(terminal.cwd, path)}\n`);
  for (const problem of problems) writeTrouble(terminal, problem.replace("was not repaired", "was not changed"));
  for (const { diagnostic, why } of refused) {
    const path = diagnostic.location && relative(terminal.cwd, diagnostic.location.source.path);
    const help = `use "overrides" of the configuration, or a baseline: --baseline FILE --update-baseline`;
    writeTrouble(terminal, `${path ? `${path}: ` : ""}no comment can leave "${code}" out: ${why}`, help);
  }
  if (fixes.length === 0 && refused.length === 0) terminal.stderr.write(`there is no finding of "${code}"\n`);
  else if (refused.length > 0) terminal.stderr.write(`${count(refused.length, "finding")} of "${code}" left\n`);
  return refused.length > 0 || problems.length > 0 ? 1 : 0;
}
