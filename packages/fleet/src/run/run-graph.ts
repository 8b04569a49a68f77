import type { MatrixJob } from "../graph/matrix-job.js";

/** How a job ended; `left-out`: a job that it needs did not end well, or nobody wants to go on. */
export type JobEnd = "done" | "failed" | "interrupted" | "left-out";

export interface GraphRun {
  /** How many jobs run at the same time. */
  readonly atOnce: number;
  readonly signal: AbortSignal;
  readonly run: (job: MatrixJob) => Promise<Exclude<JobEnd, "left-out">>;
  /** Told of each job that is left out because of another one. */
  readonly onLeftOut: (job: MatrixJob, because: MatrixJob) => void;
}

/** Runs jobs, each after those it needs; what does not need a job that failed goes on. Gives how each job ended. */
export async function runGraph(
  jobs: readonly MatrixJob[],
  { atOnce, signal, run, onLeftOut }: GraphRun,
): Promise<ReadonlyMap<string, JobEnd>> {
  const ends = new Map<string, JobEnd>();
  const waiting = new Set(jobs);
  const running = new Map<string, Promise<void>>();
  const leaveOut = () => {
    for (const job of waiting) {
      const because = jobs.find(
        ({ name }) => job.needs.includes(name) && !["done", undefined].includes(ends.get(name)),
      );
      if (because === undefined && !signal.aborted) continue;
      waiting.delete(job);
      ends.set(job.name, "left-out");
      if (because !== undefined && !signal.aborted) onLeftOut(job, because);
    }
  };
  for (;;) {
    // In their order, so what a job that is left out would have been needed for comes after it.
    leaveOut();
    for (const job of waiting) {
      if (running.size >= atOnce) break;
      if (!job.needs.every((name) => ends.get(name) === "done")) continue;
      waiting.delete(job);
      const ended = run(job).then((end) => void ends.set(job.name, end));
      running.set(
        job.name,
        ended.finally(() => running.delete(job.name)),
      );
    }
    if (running.size === 0) return ends;
    await Promise.race(running.values());
  }
}
