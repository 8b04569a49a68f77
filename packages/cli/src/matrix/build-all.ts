import type { BuildOptionValues } from "../building/build-options.js";
import { prefixed } from "../building/build-several.js";
import type { ExitCode } from "../command.js";
import { count } from "../count.js";
import { type Terminal, writeTrouble } from "../terminal.js";
import { planMatrix } from "./plan-matrix.js";
import { runJob } from "./run-job.js";

/** Builds every cell of a matrix over one store: what they share first, then side by side. Nothing is published. */
export async function buildAll(
  terminal: Terminal,
  word: string | undefined,
  options: BuildOptionValues & { readonly jobs: number; readonly verbose: boolean },
): Promise<ExitCode> {
  const planning = await planMatrix(terminal, word, options, options.verbose);
  if (!planning.ok) return planning.exitCode;
  const { planned } = planning;
  const { runGraph } = await import("@dibkit/fleet");
  const jobs = planned.graph.jobs.filter(({ kind }) => kind !== "publish");
  const cells = jobs.filter(({ kind }) => kind === "cell");
  terminal.stderr.write(`${count(cells.length, "image")} in ${count(jobs.length, "job")}\n`);
  const run = { options, verbose: options.verbose, directory: options.output ?? "." };
  const ends = await runGraph(jobs, {
    atOnce: options.jobs,
    signal: terminal.signal,
    async run(job) {
      const code = await runJob(prefixed(terminal, job.name), planned, job, run);
      return code === 0 ? "done" : code === 130 ? "interrupted" : "failed";
    },
    onLeftOut(job, because) {
      const message = `${job.name} is not built, because ${because.name}, which it stands on, is not`;
      writeTrouble(terminal, message, `mend ${because.name}; then run the same command again to go on from here`);
    },
  });
  if (terminal.signal.aborted) return 130;
  const missing = cells.filter(({ name }) => ends.get(name) !== "done").map(({ name }) => `"${name}"`);
  if (missing.length === 0) return 0;
  writeTrouble(terminal, `${missing.length} of ${cells.length} images were not built: ${missing.join(", ")}`);
  return 3;
}
