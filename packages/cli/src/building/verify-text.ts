import type { UnrepeatedFile, VerifyReport } from "@dibkit/conform";
import type { StepLabel } from "@dibkit/runner";
import { count } from "../count.js";

/** More files than these are counted only. */
const MOST_FILES = 100;

/** A verification as people read it: formats, then every file that differs and whose it is, then the disk around them. */
export function renderVerification(report: VerifyReport): string {
  const { formats, files, disk, notes, identical, sourceDate } = report;
  const width = Math.max(...formats.map(({ format }) => format.length));
  const lines = formats.map(({ format, outcome, path, note }) =>
    `${format.padEnd(width)}  ${outcome.replace("-", " ").padEnd(12)}  ${path ?? note ?? ""}`.trimEnd(),
  );
  const timed = files.filter(isTimeOnly);
  const others = files.filter((file) => !isTimeOnly(file));
  const shown = [...others, ...timed].slice(0, MOST_FILES);
  if (files.length > 0)
    lines.push("", `${count(files.length, "file")} of the image ${files.length === 1 ? "differs" : "differ"}:`);
  lines.push(...shown.flatMap(renderFile));
  if (files.length > shown.length) lines.push(`  … and ${files.length - shown.length} more`);
  if (disk.length > 0) lines.push("", "the disk besides its files:");
  lines.push(...disk.map(({ where, what }) => `  ${where}: ${what}`));
  if (notes.length > 0) lines.push("", ...notes.map((note) => `note: ${note}`));
  const day = new Date(sourceDate * 1000).toISOString();
  const end = identical
    ? `both builds gave the same bytes with SOURCE_DATE_EPOCH=${sourceDate} (${day})`
    : `two builds with SOURCE_DATE_EPOCH=${sourceDate} (${day}) differ`;
  return `${[...lines, "", end].join("\n")}\n`;
}

function isTimeOnly({ change, what }: UnrepeatedFile): boolean {
  return change === "differs" && what.every((word) => word.startsWith("time "));
}

const CHANGES = { "only-in-first": "only in the first build", "only-in-second": "only in the second build" } as const;

function renderFile({ path, change, what, content = [], writer, package: owner, reason }: UnrepeatedFile): string[] {
  const how = change === "differs" ? what.join(", ") : CHANGES[change];
  const who = [
    writer === undefined ? "" : `by ${renderStep(writer)}`,
    owner === undefined ? "" : `package ${owner}`,
  ].filter((word) => word !== "");
  return [
    `  ${path}: ${how}`,
    ...(who.length === 0 ? [] : [`    ${who.join(", ")}`]),
    ...(reason === undefined ? [] : [`    ${reason}`]),
    ...content.map((line) => `    ${line}`),
  ];
}

function renderStep({ phase, script, element }: StepLabel): string {
  return `${phase}/${script} of ${element === undefined ? "dibkit" : `element ${element}`}`;
}
