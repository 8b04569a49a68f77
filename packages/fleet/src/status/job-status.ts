import { err, ok, type Result } from "@dibkit/model";
import type { JobGraph, MatrixJob } from "../graph/matrix-job.js";
import type { JobRecord } from "../records/job-record.js";
import type { JobRecords } from "../records/job-records.js";

/**
 * `done` and all its layers are in the registry; `incomplete`: it was done, but layers are missing by now; `begun`: it
 * runs, or was killed; `ready` to begin; `waiting` for jobs it needs, or `blocked` by one of them that failed.
 */
export type JobState = "done" | "incomplete" | "begun" | "failed" | "ready" | "waiting" | "blocked";

export interface JobStatus {
  readonly job: MatrixJob;
  readonly state: JobState;
  /** What the registry has of it; missing when it never began. */
  readonly record?: JobRecord;
  /** How many of its layers are not in the registry, though they were once. */
  readonly missing: number;
}

/** Asks a registry what has come of the jobs; the error is a sentence. */
export async function jobStatuses(
  { jobs }: JobGraph,
  records: JobRecords,
): Promise<Result<readonly JobStatus[], string>> {
  const statuses: JobStatus[] = [];
  for (const job of jobs) {
    const found = await records.find(job.id);
    if (!found.ok) return found;
    const missing = found.value?.status === "done" ? await records.missing(found.value.layers ?? []) : ok([]);
    if (!missing.ok) return missing;
    const needed = statuses.filter(({ job: { name } }) => job.needs.includes(name));
    const state = stateOf(found.value, missing.value.length, needed);
    const record = found.value === undefined ? {} : { record: found.value };
    statuses.push({ job, state, missing: missing.value.length, ...record });
  }
  return ok(statuses);
}

function stateOf(record: JobRecord | undefined, missing: number, needed: readonly JobStatus[]): JobState {
  if (record?.status === "done") return missing === 0 ? "done" : "incomplete";
  if (record !== undefined) return record.status;
  if (needed.some(({ state }) => state === "failed" || state === "blocked")) return "blocked";
  return needed.every(({ state }) => state === "done" || state === "incomplete") ? "ready" : "waiting";
}

/** Whether a job need not run again: it is done, and nobody has taken its layers away. The error is a sentence. */
export async function isDone(job: MatrixJob, records: JobRecords): Promise<Result<JobRecord | undefined, string>> {
  const found = await records.find(job.id);
  if (!found.ok || found.value?.status !== "done") return found.ok ? ok(undefined) : found;
  const missing = await records.missing(found.value.layers ?? []);
  if (!missing.ok) return err(missing.error);
  return ok(missing.value.length === 0 && (found.value.unshared ?? 0) === 0 ? found.value : undefined);
}
