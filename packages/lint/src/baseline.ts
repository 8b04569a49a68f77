import type { Diagnostic } from "@dibkit/model";
import type { LintResult } from "./lint-elements.js";
import { shownPath } from "./placed.js";

/** Findings that are known and left for later: how often each occurs, by file. Lines are not part of it, they move. */
export interface Baseline {
  readonly version: 1;
  readonly findings: readonly {
    readonly file: string;
    readonly code: string;
    readonly message: string;
    readonly count: number;
  }[];
}

/** All findings of a result as a baseline, sorted, so that it diffs well. Paths are relative to `base`. */
export function createBaseline(result: LintResult, base: string): Baseline {
  const counts = new Map<string, { file: string; code: string; message: string; count: number }>();
  for (const diagnostic of result.diagnostics) {
    const entry = entryOf(diagnostic, base);
    const known = counts.get(keyOf(entry));
    if (known) known.count += 1;
    else counts.set(keyOf(entry), { ...entry, count: 1 });
  }
  const findings = [...counts.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, entry]) => entry);
  return { version: 1, findings };
}

export interface Baselined {
  readonly result: LintResult;
  /** The baseline without what is no longer found; the same object when nothing is gone. */
  readonly pruned: Baseline;
}

/** Leaves out what the baseline knows, as often as it knows it. */
export function applyBaseline(result: LintResult, baseline: Baseline, base: string): Baselined {
  const left = new Map(baseline.findings.map((entry) => [keyOf(entry), entry.count]));
  const diagnostics = result.diagnostics.filter((diagnostic) => {
    const key = keyOf(entryOf(diagnostic, base));
    const count = left.get(key) ?? 0;
    if (count > 0) left.set(key, count - 1);
    return count === 0;
  });
  const unused = [...left.values()].some((count) => count > 0);
  const findings = baseline.findings
    .map((entry) => ({ ...entry, count: entry.count - (left.get(keyOf(entry)) ?? 0) }))
    .filter((entry) => entry.count > 0);
  const hidden = result.diagnostics.length - diagnostics.length;
  return {
    result: { ...result, diagnostics, suppressed: result.suppressed + hidden },
    pruned: unused ? { version: 1, findings } : baseline,
  };
}

/** Reads a baseline; undefined when the text is none. */
export function parseBaseline(text: string): Baseline | undefined {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch {
    return undefined;
  }
  const findings = (data as Partial<Baseline> | null)?.findings;
  if (!Array.isArray(findings)) return undefined;
  const valid = findings.every(
    (entry) =>
      ["file", "code", "message"].every((key) => typeof entry?.[key] === "string") && Number.isInteger(entry.count),
  );
  return valid ? (data as Baseline) : undefined;
}

interface Entry {
  readonly file: string;
  readonly code: string;
  readonly message: string;
}

function entryOf(diagnostic: Diagnostic, base: string): Entry {
  const file = diagnostic.location === undefined ? "" : shownPath(diagnostic.location.source.path, base);
  return { file, code: diagnostic.code, message: diagnostic.message };
}

function keyOf(entry: Entry): string {
  return `${entry.file}\0${entry.code}\0${entry.message}`;
}
