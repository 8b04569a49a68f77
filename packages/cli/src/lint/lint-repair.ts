import { relative } from "node:path";
import { type LintResult, planFixes, writeFixes } from "@dibkit/lint";
import { type Terminal, writeTrouble } from "../terminal.js";
import type { SessionFailure } from "./lint-session.js";

// A repair can make room for another that it stood in the way of; more rounds than this would be going in circles.
const MOST_ROUNDS = 5;

/** Repairs, lints again, and goes on while there is something to repair; tells on stderr which files changed. */
export async function repair(
  first: LintResult,
  lintAgain: () => Promise<LintResult | SessionFailure>,
  unsafe: boolean,
  terminal: Terminal,
): Promise<LintResult | SessionFailure> {
  let result = first;
  const changed = new Set<string>();
  // What may change a build is told with the file.
  const effects = new Map<string, Set<string>>();
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const plan = planFixes(result.diagnostics, unsafe);
    if (plan.fixes.length === 0) break;
    const texts = new Map(
      result.diagnostics.flatMap(({ location }) => (location ? [[location.source.path, location.source.text]] : [])),
    );
    const written = writeFixes(plan, (path) => texts.get(path));
    for (const path of written.changed) changed.add(path);
    for (const { title, safe, edits } of plan.fixes) {
      for (const { path } of safe ? [] : edits) effects.set(path, (effects.get(path) ?? new Set()).add(title));
    }
    for (const problem of written.problems) writeTrouble(terminal, problem);
    if (written.changed.length === 0) break;
    const again = await lintAgain();
    if ("kind" in again) return again;
    result = again;
  }
  for (const path of [...changed].sort()) {
    const titles = [...(effects.get(path) ?? [])];
    terminal.stderr.write(
      `repaired ${relative(terminal.cwd, path)}${titles.length > 0 ? `: ${titles.join("; ")}` : ""}\n`,
    );
  }
  return result;
}
