import type { Result } from "@dibkit/model";
import type { BuildFailure } from "../job/build-job.js";
import type { BuildSession } from "./build-session.js";

/** Runs a stage of dibkit's own and reports it like a step. */
export async function timed<T>(
  session: BuildSession,
  phase: string,
  script: string,
  work: () => Promise<Result<T, BuildFailure>>,
  reason?: string,
): Promise<Result<T, BuildFailure>> {
  const label = { phase, script };
  const id = `${phase}/${script}`;
  const started = performance.now();
  session.emit({ type: "step-started", id, label, ...(reason === undefined ? {} : { reason }) });
  const done = await work();
  const outcome = done.ok ? "ran" : "failed";
  session.emit({ type: "step-finished", id, label, seconds: (performance.now() - started) / 1000, outcome });
  return done;
}
