import type { JobStatus } from "@dibkit/fleet";
import type { BuildOptionValues } from "../building/build-options.js";
import type { ExitCode } from "../command.js";
import { count } from "../count.js";
import { COLUMNS, type Terminal, usageFailure } from "../terminal.js";
import { missingRegistry, openRecords, recordsRepository } from "./open-records.js";
import type { PlannedMatrix } from "./plan-matrix.js";

/** Prints what a registry knows of the jobs of a matrix; 0 when all are done, 1 otherwise. */
export async function matrixStatus(
  terminal: Terminal,
  { graph, project }: PlannedMatrix,
  options: BuildOptionValues,
  json: boolean,
): Promise<ExitCode> {
  const repository = recordsRepository(terminal, options, project);
  if (repository === undefined) return missingRegistry(terminal, "status is kept in a registry");
  const records = await openRecords(terminal, repository);
  if (records === undefined) return 2;
  const { jobStatuses } = await import("@dibkit/fleet");
  const statuses = await jobStatuses(graph, records);
  records.close();
  if (!statuses.ok) return usageFailure(terminal, statuses.error, "see that it runs, and that you may read it");
  const allDone = statuses.value.every(({ state }) => state === "done");
  if (json) {
    const jobs = statuses.value.map(({ job: { name, kind, id }, state, missing, record }) => ({
      ...{ name, kind, id, state, missing, record: record ?? null },
    }));
    const document = { version: 1, matrix: graph.matrix, repository: records.repository, jobs };
    terminal.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
  } else write(terminal, graph.matrix, records.repository, statuses.value);
  return allDone ? 0 : 1;
}

function write(terminal: Terminal, matrix: string, repository: string, statuses: readonly JobStatus[]): void {
  const width = Math.min(38, Math.max(16, ...statuses.map(({ job }) => job.name.length)));
  const print = (line: string) => terminal.stdout.write(`${line.trimEnd()}\n`);
  for (const status of statuses) {
    const { job, state, record } = status;
    const when = (record?.ended ?? record?.started ?? "").slice(0, 16).replace("T", " ");
    if (job.name.length > width) print(job.name);
    const name = job.name.length > width ? "" : job.name;
    print(`${name.padEnd(width)} ${state.padEnd(10)} ${when.padEnd(16)} ${record?.host ?? ""}`.slice(0, COLUMNS));
    const note = noteOf(status);
    if (note !== undefined) print(`  ${note}`);
  }
  const done = statuses.filter(({ state }) => state === "done").length;
  print(`${done} of ${count(statuses.length, "job")} of ${matrix} done, by what ${repository} knows`);
}

function noteOf({ state, record, missing }: JobStatus): string | undefined {
  switch (state) {
    case "failed":
      return record?.message;
    case "incomplete":
      return `${count(missing, "layer")} of it are in the registry no more; who needs them makes them again`;
    case "begun":
      return "it runs still, or was killed: it has not said how it ended";
    case "done":
      return record?.unshared === undefined
        ? undefined
        : `${count(record.unshared, "layer")} of it could not be shared`;
    case "blocked":
      return "a job that it needs failed";
    default:
      return undefined;
  }
}
