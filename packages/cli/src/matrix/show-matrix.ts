import type { Estimate, JobGraph, MatrixJob } from "@dibkit/fleet";
import { type MatrixCell, renderAxisValue } from "@dibkit/model";
import { count } from "../count.js";
import { COLUMNS, type Terminal } from "../terminal.js";

interface Shown {
  readonly graph: JobGraph;
  readonly estimates: ReadonlyMap<string, Estimate>;
  readonly total: { readonly all: number; readonly longest: number } | undefined;
}

/** Prints the jobs of a matrix as a tree with the cells at its ends, at most 80 columns wide. */
export function showMatrix(terminal: Terminal, { graph, estimates, total }: Shown): void {
  const { jobs, cells } = graph;
  const lines = jobs.map((job) => [`${"  ".repeat(depthOf(jobs, job))}${job.name}`, job] as const);
  const width = Math.min(50, Math.max(20, ...lines.map(([name]) => name.length)));
  const row = (name: string, steps: string, estimate: string, more: string) =>
    `${name.padEnd(width)} ${steps.padStart(5)} ${estimate.padStart(9)}  ${more}`.trimEnd();
  const write = (line: string) => terminal.stdout.write(`${cut(line)}\n`);
  write(`matrix ${graph.matrix}: ${count(cells.length, "cell")}, ${count(jobs.length, "job")}`);
  write("");
  write(row("job", "steps", "estimate", "builds"));
  for (const [name, job] of lines) {
    const seconds = estimates.get(job.name)?.seconds;
    const steps = job.kind === "publish" ? "" : String(job.steps.length);
    const estimate = job.kind === "publish" ? "" : seconds === undefined ? "unknown" : renderSeconds(seconds);
    // A name that is too long has a line of its own.
    if (name.length > width) write(name);
    write(row(name.length > width ? "" : name, steps, estimate, about(job, cells.length)));
  }
  write("");
  write(sharing(graph));
  write(
    total === undefined
      ? "how long it takes is unknown for some jobs: nothing of them was built yet"
      : `${renderSeconds(total.all)} of work, ${renderSeconds(total.longest)} with a machine for every job`,
  );
}

function about({ kind, cells, stopAfter }: MatrixJob, all: number): string {
  switch (kind) {
    case "shared":
      return `for ${cells.length} of ${all} cells`;
    case "cell":
      return "image";
    case "publish":
      return `${count(cells.length, "image")}${stopAfter ?? ""}, when all are built`;
  }
}

function depthOf(jobs: readonly MatrixJob[], job: MatrixJob): number {
  const parent = job.kind === "publish" ? undefined : jobs.find(({ name }) => name === job.needs[0]);
  return parent === undefined ? 0 : depthOf(jobs, parent) + 1;
}

function sharing({ cells, jobs }: JobGraph): string {
  const apart = cells.reduce((sum, { steps }) => sum + steps.length, 0);
  const together = jobs.reduce((sum, { steps }) => sum + steps.length, 0);
  return `${together} steps before the disks, ${apart} if every image were built alone`;
}

function cut(line: string): string {
  return line.length <= COLUMNS ? line : `${line.slice(0, COLUMNS - 1)}…`;
}

/** `42 s`, `3 min`, `2 h 05 min`. */
export function renderSeconds(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 100) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 100) return `${minutes} min`;
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, "0")} min`;
}

/** The same for programs. */
export function matrixDocument({ graph, estimates, total }: Shown): unknown {
  const cellOf = ({ name, values }: MatrixCell) => ({
    name,
    values: Object.fromEntries(Object.entries(values).map(([axis, value]) => [axis, renderAxisValue(value)])),
  });
  return {
    version: 1,
    matrix: graph.matrix,
    cells: graph.cells.map(({ cell, steps }) => ({ ...cellOf(cell), steps: steps.length })),
    jobs: graph.jobs.map(({ steps, ...job }) => ({
      ...job,
      steps: steps.map(({ label }) => ({ ...label, element: label.element ?? null })),
      estimate: estimates.get(job.name) ?? {},
    })),
    seconds: total ?? null,
  };
}
