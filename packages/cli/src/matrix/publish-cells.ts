import { resolve as resolvePath } from "node:path";
import type { JobRecords, MatrixJob, RecordKeeper } from "@dibkit/fleet";
import { createBuildProgress } from "../building/build-progress.js";
import { reportBuild } from "../building/report-build.js";
import type { ExitCode } from "../command.js";
import { type Terminal, writeTail, writeTrouble, writeWarning } from "../terminal.js";
import type { JobRun } from "./job-run.js";
import type { PlannedMatrix } from "./plan-matrix.js";

/**
 * Publishes the cells that have a command for it. Their images are brought here as any build brings what is cached: from
 * the registry as they are where outputs were uploaded too, from their layers otherwise.
 */
export async function publishCells(
  terminal: Terminal,
  planned: PlannedMatrix,
  job: MatrixJob,
  run: JobRun,
  { records, keeper }: { readonly records: JobRecords | undefined; readonly keeper: RecordKeeper | undefined },
): Promise<ExitCode> {
  const { createCommandRunner, describeFailure } = await import("@dibkit/exec");
  const commands = createCommandRunner({ cwd: terminal.cwd, signal: terminal.signal });
  const published: Record<string, string> = {};
  const fail = async (message: string, exitCode: ExitCode): Promise<ExitCode> => {
    await noteEnd(terminal, keeper, "failed", { message, outputs: published });
    return exitCode;
  };
  for (const name of job.cells) {
    const cell = planned.matrix.cells.find((one) => one.name === name);
    const files = await imageOf(terminal, planned, name, run, records);
    if (typeof files === "number") return fail(`the image of "${name}" is not there`, files);
    const words = cell?.publish?.(files);
    if (words === undefined || words.length === 0) continue;
    terminal.stderr.write(`publishing ${name}\n`);
    const onOutput = (line: string) => void terminal.stderr.write(`  ${line}\n`);
    const done = await commands.run(words, { onOutput });
    if (!done.ok && done.error.kind === "aborted") return fail("interrupted", 130);
    if (!done.ok) {
      const message = `the command that publishes "${name}" did not end well: ${describeFailure(done.error)}`;
      writeTail(terminal, done.error.tail);
      writeTrouble(terminal, message, `run it again with "dibkit matrix run ${job.name}"`);
      return fail(message, 3);
    }
    published[name] = words.join(" ");
  }
  await noteEnd(terminal, keeper, "done", { outputs: published });
  return 0;
}

/** The files of a cell: those that are in the directory from the job that built it, else brought here by a build. */
async function imageOf(
  terminal: Terminal,
  { graph, planCell }: PlannedMatrix,
  name: string,
  { directory, verbose, options }: JobRun,
  records: JobRecords | undefined,
): Promise<readonly string[] | Exclude<ExitCode, 0>> {
  const [{ startBuild }, { isDone, madeFiles }] = await Promise.all([
    import("@dibkit/runner"),
    import("@dibkit/fleet"),
  ]);
  const output = resolvePath(terminal.cwd, directory);
  const job = graph.jobs.find((one) => one.name === name);
  const done = job && records && (await isDone(job, records));
  const files = done?.ok && done.value !== undefined ? await madeFiles(done.value, output) : [];
  if (files.length > 0) return files;
  const planning = await planCell(name, output);
  if (!planning.ok) return planning.exitCode || 2;
  const progress = createBuildProgress(terminal, verbose);
  const outcome = await startBuild(planning.plan, { onEvent: progress.show, signal: terminal.signal });
  progress.end();
  const code = reportBuild(terminal, outcome, options.cacheDir);
  return outcome.kind === "built" ? outcome.outputs : code || 3;
}

async function noteEnd(
  terminal: Terminal,
  keeper: RecordKeeper | undefined,
  ...ended: Parameters<RecordKeeper["end"]>
): Promise<void> {
  const noted = await keeper?.end(...ended);
  if (noted?.ok === false)
    writeWarning(terminal, `${noted.error}: "dibkit matrix status" will not know how this job ended`);
}
