import type { LayerStore } from "@dibkit/runner";
import type { JobGraph, MatrixJob } from "../graph/matrix-job.js";
import { stepId } from "../graph/matrix-job.js";
import type { JobRecord } from "../records/job-record.js";

/** What a job or a build took in the past. */
export interface PastJob {
  /** Seconds by `PHASE/SCRIPT`, those of a cached step when it did run. */
  readonly steps: Readonly<Record<string, number>>;
  /** Bytes. */
  readonly disk?: number;
  readonly memory?: number;
}

/** What a job will probably take; what nobody knows is missing. */
export interface Estimate {
  readonly seconds?: number;
  /** Bytes of memory, and of layers and outputs. */
  readonly memory?: number;
  readonly disk?: number;
}

/** By name of a cell or job, what is remembered. */
export type PastJobs = ReadonlyMap<string, PastJob>;

/** The newest finished build of each cell that a store remembers, by the name of its image. */
export async function pastBuilds(store: LayerStore, cells: readonly string[]): Promise<PastJobs> {
  const past = new Map<string, PastJob>();
  const ids = await store.records.buildIds();
  for (const id of ids.toReversed()) {
    const record = await store.records.record(id);
    const name = record?.image.slice(record.image.lastIndexOf("/") + 1) ?? "";
    if (record?.status !== "built" || !cells.includes(name) || past.has(name)) continue;
    const timeline = await store.records.timeline(id);
    if (timeline === undefined) continue;
    const entries = await Promise.all(record.steps.map(({ layer }) => layer && store.named(layer)));
    const disk = entries.reduce((sum, entry) => sum + (entry ? entry.bytes : 0), 0);
    past.set(name, { steps: stepSeconds(timeline.steps), disk });
  }
  return past;
}

/** The seconds of steps by their id. */
export function stepSeconds(steps: readonly { readonly id: string; readonly seconds: number }[]) {
  return Object.fromEntries(steps.map(({ id, seconds }) => [id, seconds]));
}

export function pastOfRecord({ steps = {}, bytes, memory }: JobRecord): PastJob {
  return { steps, ...(bytes === undefined ? {} : { disk: bytes }), ...(memory === undefined ? {} : { memory }) };
}

/**
 * Estimates by the name of a job. A job takes what its own steps took, and a cell what comes after the tree besides; a job
 * that has a step nobody has timed is not estimated.
 */
export function estimateJobs({ cells, jobs }: JobGraph, past: PastJobs): ReadonlyMap<string, Estimate> {
  const trees = new Map(cells.map(({ cell, steps }) => [cell.name, new Set(steps.map(stepId))]));
  return new Map(jobs.map((job) => [job.name, estimate(job, past, trees)]));
}

function estimate(job: MatrixJob, past: PastJobs, trees: ReadonlyMap<string, ReadonlySet<string>>): Estimate {
  const own = past.get(job.name);
  const sources = [own, ...job.cells.map((cell) => past.get(cell))].filter((one) => one !== undefined);
  const timed = job.steps.map((step) => sources.find(({ steps }) => stepId(step) in steps)?.steps[stepId(step)]);
  const known = timed.filter((seconds) => seconds !== undefined);
  const rest = job.kind === "cell" ? afterTree(own, trees.get(job.name)) : 0;
  const isKnown = job.kind !== "publish" && known.length === timed.length && rest !== undefined;
  const seconds = isKnown ? known.reduce((sum, one) => sum + one, rest) : undefined;
  const largest = (name: "memory" | "disk") => {
    const values = sources.flatMap((one) => one[name] ?? []);
    return values.length === 0 ? {} : { [name]: Math.max(...values) };
  };
  return { ...(seconds === undefined ? {} : { seconds }), ...largest("memory"), ...largest("disk") };
}

/** Seconds of disk, copy and formats. */
function afterTree(past: PastJob | undefined, tree: ReadonlySet<string> | undefined): number | undefined {
  if (past === undefined) return undefined;
  return Object.entries(past.steps).reduce((sum, [id, seconds]) => sum + (tree?.has(id) ? 0 : seconds), 0);
}

/** The seconds of all jobs, and of the longest chain of jobs; undefined when one of them is not estimated. */
export function totalSeconds(
  { jobs }: JobGraph,
  estimates: ReadonlyMap<string, Estimate>,
): { readonly all: number; readonly longest: number } | undefined {
  const ends = new Map<string, number>();
  let all = 0;
  for (const { name, kind, needs } of jobs) {
    if (kind === "publish") continue;
    const seconds = estimates.get(name)?.seconds;
    if (seconds === undefined) return undefined;
    all += seconds;
    ends.set(name, seconds + Math.max(0, ...needs.map((need) => ends.get(need) ?? 0)));
  }
  return { all, longest: Math.max(0, ...ends.values()) };
}
