import { resolve as resolvePath } from "node:path";
import type { JobRecords, MatrixJob, RecordKeeper } from "@dibkit/fleet";
import type { BuildOutcome, BuildPlan } from "@dibkit/runner";
import { runPlanned } from "../building/build-planned.js";
import { reportBuild } from "../building/report-build.js";
import type { ExitCode } from "../command.js";
import { type Terminal, usageFailure, writeTrouble, writeWarning } from "../terminal.js";
import type { JobRun } from "./job-run.js";
import { openRecords, recordsRepository } from "./open-records.js";
import type { PlannedMatrix } from "./plan-matrix.js";

/** How long the last words to a registry may take when the job has been told to stop. */
const LAST_WORDS_MS = 10_000;

/** Does the job of that name, as an engine calls it: what it needs has been done, or is done here again. */
export async function runNamedJob(
  terminal: Terminal,
  planned: PlannedMatrix,
  name: string | undefined,
  run: JobRun,
): Promise<ExitCode> {
  const { jobs, matrix } = planned.graph;
  const names = jobs.map((job) => `"${job.name}"`).join(", ");
  if (name === undefined) return usageFailure(terminal, '"dibkit matrix run" needs a job', `name one of ${names}`);
  const job = jobs.find((one) => one.name === name);
  if (job === undefined)
    return usageFailure(terminal, `the matrix "${matrix}" has no job "${name}"`, `name one of ${names}`);
  return runJob(terminal, planned, job, run);
}

/** Does one job, and writes down in the registry what comes of it, where the build has one. */
export async function runJob(
  terminal: Terminal,
  planned: PlannedMatrix,
  job: MatrixJob,
  run: JobRun,
): Promise<ExitCode> {
  const repository = recordsRepository(terminal, run.options, planned.project);
  // A job that was told to stop still says so.
  const patient = { ...terminal, signal: lastWords(terminal.signal) };
  const records = repository === undefined ? undefined : await openRecords(patient, repository);
  if (repository !== undefined && records === undefined) return 2;
  try {
    if (job.kind !== "publish" && records !== undefined && (await isDoneAlready(terminal, job, records, run))) return 0;
    const { keepRecord } = await import("@dibkit/fleet");
    const keeper = records && keepRecord(planned.graph.matrix, job, records);
    await noteBegin(terminal, keeper);
    if (job.kind === "publish") {
      const { publishCells } = await import("./publish-cells.js");
      return await publishCells(terminal, planned, job, run, { records, keeper });
    }
    return await buildJob(terminal, planned, job, run, keeper);
  } finally {
    records?.close();
  }
}

function lastWords(signal: AbortSignal): AbortSignal {
  const late = new AbortController();
  signal.addEventListener("abort", () => setTimeout(() => late.abort(), LAST_WORDS_MS).unref());
  return late.signal;
}

/** A shared job is done when its layers are there for others, a cell when its files are here besides. */
async function isDoneAlready(
  terminal: Terminal,
  job: MatrixJob,
  records: JobRecords,
  { directory }: JobRun,
): Promise<boolean> {
  const { isDone, madeFiles } = await import("@dibkit/fleet");
  const done = await isDone(job, records);
  if (!done.ok) writeWarning(terminal, `${done.error}: nobody can say whether ${job.name} is done, so it is done here`);
  if (!done.ok || done.value === undefined) return false;
  const files = job.kind === "cell" ? await madeFiles(done.value, resolvePath(terminal.cwd, directory)) : [];
  if (job.kind === "cell" && files.length === 0) return false;
  terminal.stderr.write(`${job.name} was done by ${done.value.host}, and its layers are in ${records.repository}\n`);
  terminal.stdout.write(files.map((file) => `${file}\n`).join(""));
  return true;
}

export async function noteBegin(terminal: Terminal, keeper: RecordKeeper | undefined): Promise<void> {
  const begun = await keeper?.begin();
  if (begun?.ok === false) writeWarning(terminal, `${begun.error}: "dibkit matrix status" will not know of this job`);
}

async function buildJob(
  terminal: Terminal,
  planned: PlannedMatrix,
  job: MatrixJob,
  { verbose, directory, options }: JobRun,
  keeper: RecordKeeper | undefined,
): Promise<ExitCode> {
  const [cell = ""] = job.cells;
  const planning = await planned.planCell(cell, resolvePath(terminal.cwd, directory));
  if (!planning.ok) {
    await keeper?.end("failed", { message: "the build could not be planned on this machine" });
    return planning.exitCode;
  }
  const { watchMemory } = await import("@dibkit/fleet");
  const plan = job.stopAfter === undefined ? planning.plan : stoppedAfter(planning.plan, job.stopAfter);
  const memory = watchMemory({ env: terminal.env });
  const outcome = await runPlanned(terminal, plan, verbose);
  const peak = memory.stop();
  const exitCode = reportBuild(terminal, outcome, options.cacheDir);
  if (keeper !== undefined) await noteEnd(terminal, keeper, job, { plan, outcome, peak });
  return exitCode;
}

function stoppedAfter(plan: BuildPlan, stopAfter: string): BuildPlan {
  return { ...plan, job: { ...plan.job, request: { ...plan.job.request, stopAfter } } };
}

interface EndedBuild {
  readonly plan: BuildPlan;
  readonly outcome: BuildOutcome;
  /** Bytes of memory. */
  readonly peak: number | undefined;
}

async function noteEnd(
  terminal: Terminal,
  keeper: RecordKeeper,
  { name, kind }: MatrixJob,
  { plan, outcome, peak }: EndedBuild,
): Promise<void> {
  const [{ buildFacts }, { layerStoreAt }] = await Promise.all([import("@dibkit/fleet"), import("@dibkit/runner")]);
  const facts = await buildFacts(layerStoreAt(plan.job.request.store), plan.job.id, outcome, peak);
  const ended = await keeper.end(outcome.kind === "built" ? "done" : "failed", facts);
  if (!ended.ok) {
    writeWarning(terminal, `${ended.error}: "dibkit matrix status" will not know how this job ended`);
  } else if (ended.value > 0 && outcome.kind === "built" && kind === "shared") {
    const message = `${ended.value} layers of ${name} are not in the registry: jobs on other machines run their scripts again`;
    writeTrouble(terminal, message, "see above why they were not uploaded");
  }
}
