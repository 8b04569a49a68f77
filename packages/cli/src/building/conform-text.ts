import type { ConformanceReport, Difference } from "@dibkit/conform";

const LONGEST = 160;

/** A conformance report for people: what was compared, reasons with their counts, and what has no reason in full. */
export function conformText(report: ConformanceReport): string {
  const { elements, architecture, formats, upstream, dibkit, differences } = report;
  const open = differences.filter(({ reason }) => reason === undefined);
  const counts = Object.entries(report.compared).map(([aspect, count]) => `${count} ${aspect}`);
  const against = report.upstreamElements === undefined ? "" : `${report.upstreamElements.join(" ")} of `;
  const lines = [
    `${elements.join(" ")} (${architecture}, ${formats.join(", ")}) against ${against}diskimage-builder ${upstream.version}`,
    `  built in ${upstream.seconds} s by upstream, ${dibkit.seconds} s by dibkit`,
    `  compared ${counts.join(", ")}`,
    "",
    "explained differences",
    ...explainedRows(differences),
    "",
    open.length === 0 ? "no unexplained differences" : `${open.length} unexplained differences`,
    ...open.flatMap(differenceRows),
  ];
  return `${lines.join("\n")}\n`;
}

function explainedRows(differences: readonly Difference[]): readonly string[] {
  const groups = new Map<string, Difference[]>();
  for (const difference of differences) {
    if (difference.reason === undefined) continue;
    const key = `${difference.aspect}\0${difference.reason}`;
    groups.set(key, [...(groups.get(key) ?? []), difference]);
  }
  const rows = [...groups.values()].map((group) => {
    const [{ aspect, reason, subject } = { aspect: "", reason: "", subject: "" }] = group;
    const named = group.length === 1 ? ` (${subject})` : "";
    return `  ${String(group.length).padStart(5)}  ${aspect.padEnd(11)}  ${reason}${named}`;
  });
  return rows.length === 0 ? ["  (none)"] : rows;
}

function differenceRows({ aspect, subject, upstream, dibkit }: Difference): readonly string[] {
  return [`  ${aspect}  ${subject}`, `    upstream  ${shown(upstream)}`, `    dibkit    ${shown(dibkit)}`];
}

function shown(value: string | null): string {
  if (value === null) return "(nothing)";
  const line = value.replaceAll("\n", "⏎");
  return line.length > LONGEST ? `${line.slice(0, LONGEST)}…` : line;
}
