import type { Severity } from "@dibkit/model";
import type { LintResult } from "./lint-elements.js";
import { countsOf } from "./summary.js";

const RANK: Readonly<Record<Severity, number>> = { error: 0, warning: 1, info: 2 };

/** How many findings each code has, and in how many files: errors first, then the commonest. */
export function statistics(result: Pick<LintResult, "diagnostics">): string {
  const rows = new Map<string, { code: string; severity: Severity; count: number; files: Set<string> }>();
  for (const { code, severity, location } of result.diagnostics) {
    const row = rows.get(`${severity} ${code}`) ?? { code, severity, count: 0, files: new Set() };
    rows.set(`${severity} ${code}`, row);
    row.count += 1;
    if (location) row.files.add(location.source.path);
  }
  const sorted = [...rows.values()].sort(
    (a, b) => RANK[a.severity] - RANK[b.severity] || b.count - a.count || (a.code < b.code ? -1 : 1),
  );
  const table = [
    ["findings", "files", "severity", "code"],
    ...sorted.map(({ code, severity, count, files }) => [String(count), String(files.size), severity, code]),
  ];
  const width = (column: number) => Math.max(...table.map((row) => (row[column] as string).length));
  const lines = table.map(([findings = "", files = "", severity = "", code = ""]) =>
    [findings.padStart(width(0)), files.padStart(width(1)), severity.padEnd(width(2)), code].join("  "),
  );
  const { errors, warnings, infos } = countsOf(result);
  return `${sorted.length > 0 ? `${lines.join("\n")}\n\n` : ""}errors: ${errors}, warnings: ${warnings}, infos: ${infos}\n`;
}
