import { resolve as resolvePath } from "node:path";
import type { JobRecords, MatrixJob, RecordKeeper } from "@dibkit/fleet";
import type { BuildOutcome, BuildPlan } from "@dibkit/runner";
import type { BuildOptionValues } from "../building/build-options.js";
import { createBuildProgress } from "../building/build-progress.js";
import { reportBuild } from "../building/report-build.js";
import type { ExitCode } from "../command.js";
import { type Terminal, usageFailure, writeTrouble, writeWarning } from "../terminal.js";
import { openRecords, recordsRepository } from "./open-records.js";
import type { PlannedMatrix } from "./plan-matrix.js";

export interface JobRun {
  readonly options: BuildOptionValues;
  readonly verbose: boolean;
  /** Where images go, as the user wrote it. */
  readonly directory: string;
}

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
    if (job.kind === "shared" && records !== undefined && (await isDoneAlready(terminal, job, records))) return 0;
    const { keepRecord } = await import("@dibkit/fleet");
    const keeper = records && keepRecord(planned.graph.matrix, job, records);
    await noteBegin(terminal, keeper);
    if (job.kind === "publish") {
      const { publishCells } = await import("./publish-cells.js");
      return await publishCells(terminal, planned, job, run, keeper);
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

async function isDoneAlready(terminal: Terminal, job: MatrixJob, records: JobRecords): Promise<boolean> {
  const { isDone } = await import("@dibkit/fleet");
  const done = await isDone(job, records);
  if (!done.ok) writeWarning(terminal, `${done.error}: nobody can say whether ${job.name} is done, so it is done here`);
  if (!done.ok || done.value === undefined) return false;
  terminal.stderr.write(`${job.name} was done by ${done.value.host}, and its layers are in ${records.repository}\n`);
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
  const { startBuild } = await import("@dibkit/runner");
  const plan = job.stopAfter === undefined ? planning.plan : stoppedAfter(planning.plan, job.stopAfter);
  const progress = createBuildProgress(terminal, verbose);
  const outcome = await startBuild(plan, { onEvent: progress.show, signal: terminal.signal });
  progress.end();
  const exitCode = reportBuild(terminal, outcome, options.cacheDir);
  if (keeper !== undefined) await noteEnd(terminal, keeper, job, plan, outcome);
  return exitCode;
}

function stoppedAfter(plan: BuildPlan, stopAfter: string): BuildPlan {
  return { ...plan, job: { ...plan.job, request: { ...plan.job.request, stopAfter } } };
}

async function noteEnd(
  terminal: Terminal,
  keeper: RecordKeeper,
  { name, kind }: MatrixJob,
  { job }: BuildPlan,
  outcome: BuildOutcome,
): Promise<void> {
  const [{ buildFacts }, { layerStoreAt }] = await Promise.all([import("@dibkit/fleet"), import("@dibkit/runner")]);
  const facts = await buildFacts(layerStoreAt(job.request.store), job.id, outcome);
  const ended = await keeper.end(outcome.kind === "built" ? "done" : "failed", facts);
  if (!ended.ok) {
    writeWarning(terminal, `${ended.error}: "dibkit matrix status" will not know how this job ended`);
  } else if (ended.value > 0 && outcome.kind === "built" && kind === "shared") {
    const message = `${ended.value} layers of ${name} are not in the registry: jobs on other machines run their scripts again`;
    writeTrouble(terminal, message, "see above why they were not uploaded");
  }
}
