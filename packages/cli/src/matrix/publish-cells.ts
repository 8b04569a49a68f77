import { resolve as resolvePath } from "node:path";
import type { MatrixJob, RecordKeeper } from "@dibkit/fleet";
import { createBuildProgress } from "../building/build-progress.js";
import { reportBuild } from "../building/report-build.js";
import type { ExitCode } from "../command.js";
import { type Terminal, writeTail, writeTrouble, writeWarning } from "../terminal.js";
import type { PlannedMatrix } from "./plan-matrix.js";
import type { JobRun } from "./run-job.js";

/**
 * Publishes the cells that have a command for it. Their images are brought here as any build brings what is cached: from
 * the registry as they are where outputs were uploaded too, from their layers otherwise.
 */
export async function publishCells(
  terminal: Terminal,
  planned: PlannedMatrix,
  job: MatrixJob,
  { directory, verbose, options }: JobRun,
  keeper: RecordKeeper | undefined,
): Promise<ExitCode> {
  const [{ startBuild }, { createCommandRunner, describeFailure }] = await Promise.all([
    import("@dibkit/runner"),
    import("@dibkit/exec"),
  ]);
  const commands = createCommandRunner({ cwd: terminal.cwd, signal: terminal.signal });
  const published: string[] = [];
  const fail = async (message: string, exitCode: ExitCode): Promise<ExitCode> => {
    await noteEnd(terminal, keeper, "failed", { message, outputs: published });
    return exitCode;
  };
  for (const name of job.cells) {
    const cell = planned.matrix.cells.find((one) => one.name === name);
    const planning = await planned.planCell(name, resolvePath(terminal.cwd, directory));
    if (!planning.ok) return fail(`the cell "${name}" cannot be planned`, planning.exitCode);
    const progress = createBuildProgress(terminal, verbose);
    const outcome = await startBuild(planning.plan, { onEvent: progress.show, signal: terminal.signal });
    progress.end();
    const built = reportBuild(terminal, outcome, options.cacheDir);
    if (outcome.kind !== "built") return fail(`the image of "${name}" is not there`, built);
    const words = cell?.publish?.(outcome.outputs);
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
    published.push(name);
  }
  await noteEnd(terminal, keeper, "done", { outputs: published });
  return 0;
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
