import type { Diagnostic } from "@dibkit/model";
import { ShellNotReady } from "@dibkit/shell";
import { problem } from "./check-plugin.js";
import type { Finding, Rule } from "./rule.js";

/** Rules of plugins that have failed in a run, each once, with the first reason. */
export type BrokenRules = Map<Rule, Diagnostic>;

/**
 * What a rule finds. What goes wrong in a rule of a plugin is nobody's bug here: it is told once, the rest of that rule
 * is left out, and all others go on.
 */
export function* guarded(
  rule: Rule,
  subject: string,
  findings: () => Iterable<Finding>,
  broken: BrokenRules,
): Iterable<Finding> {
  if (rule.from === undefined) {
    yield* findings();
    return;
  }
  if (broken.has(rule)) return;
  const kept: Finding[] = [];
  try {
    for (const finding of findings()) {
      const wrong = wrongWith(finding);
      if (wrong !== undefined) throw new Error(wrong);
      kept.push(finding);
    }
  } catch (error) {
    if (error instanceof ShellNotReady) throw error;
    const reason = (error instanceof Error ? `${error.name}: ${error.message}` : String(error)).split("\n")[0];
    const help = `repair the rule, or turn it off with "rules": { "${rule.id}": "off" }`;
    broken.set(rule, problem(rule.from, `has rule "${rule.id}", which failed at ${subject}: ${reason}`, help));
    return;
  }
  yield* kept;
}

function wrongWith(finding: unknown): string | undefined {
  const { message, location } = (finding ?? {}) as Partial<Finding>;
  if (typeof message !== "string" || message === "") return "it gave a finding without a message";
  if (location === undefined) return undefined;
  const { source, start, end } = location;
  const placed = typeof source?.path === "string" && typeof source.text === "string";
  if (!placed || !Number.isInteger(start) || !Number.isInteger(end) || start < 0 || end < start)
    return "it gave a finding with a location that is none";
  return undefined;
}
