import type { JobSettings, Result } from "@dibkit/model";
import type { JobGraph, MatrixJob } from "../graph/matrix-job.js";
import type { Estimate } from "../past/past-jobs.js";

/** What an engine's files are made of. */
export interface EngineInput {
  readonly graph: JobGraph;
  readonly estimates: ReadonlyMap<string, Estimate>;
  readonly settings: JobSettings;
  /** Words after `dibkit matrix run JOB` that are the same for all: the matrix, the registry. */
  readonly options: readonly string[];
  /** The repository of the registry that layers and finished images go to, without settings. */
  readonly repository: string;
  /** Absolute path of the directory that the project's commands are called in. */
  readonly directory: string;
  /** The same from the root of its repository, which pipelines check out: `.` or `images/web`. */
  readonly inRepository: string;
}

/** A file to write. */
export interface EngineFile {
  /** Relative to the directory of the rendering. */
  readonly path: string;
  readonly text: string;
  readonly executable?: boolean;
}

/** Why a matrix cannot be written for an engine, and what to do. */
export interface EngineTrouble {
  readonly message: string;
  readonly help: string;
}

export interface Engine {
  readonly render: (input: EngineInput) => Result<readonly EngineFile[], EngineTrouble>;
  /** The program that hands the files to the engine, called in their directory. */
  readonly submit?: readonly string[];
  /** What to do with the files, in one sentence in the imperative. */
  readonly next: string;
}

/** What a job may take; what nobody has said or seen is missing. */
export interface JobLimits {
  readonly minutes: number;
  readonly cpus?: number;
  /** MiB. */
  readonly memory?: number;
  readonly disk?: number;
}

const MIB = 1024 ** 2;
const SHORTEST_MINUTES = 10;
const UNKNOWN_MINUTES = 60;

/** What the project says, else what past builds took with something to spare; of several jobs the most. */
export function limitsOf(
  jobs: readonly MatrixJob[],
  { estimates, settings }: Pick<EngineInput, "estimates" | "settings">,
): JobLimits {
  const past = jobs.map(({ name }) => estimates.get(name) ?? {});
  const most = (values: readonly (number | undefined)[]) => {
    const known = values.filter((value) => value !== undefined);
    return known.length === 0 ? undefined : Math.max(...known);
  };
  const minutes = past.map(({ seconds }) =>
    seconds === undefined ? UNKNOWN_MINUTES : Math.max(SHORTEST_MINUTES, Math.ceil((3 * seconds) / 60)),
  );
  const memory = settings.memory ?? most(past.map((one) => one.memory && Math.ceil((1.5 * one.memory) / MIB)));
  const disk = settings.disk ?? most(past.map((one) => one.disk && Math.ceil((2 * one.disk) / MIB)));
  return {
    minutes: settings.minutes ?? most(minutes) ?? UNKNOWN_MINUTES,
    ...(settings.cpus === undefined ? {} : { cpus: settings.cpus }),
    ...(memory === undefined ? {} : { memory }),
    ...(disk === undefined ? {} : { disk }),
  };
}

export function retriesOf({ retries = 1 }: JobSettings): number {
  return retries;
}

export function labelsOf({ runsOn = [] }: JobSettings): readonly string[] {
  return typeof runsOn === "string" ? [runsOn] : runsOn;
}

/** The jobs that need the same, which an engine can start together. */
export function waves(jobs: readonly MatrixJob[]): readonly (readonly MatrixJob[])[] {
  const groups = new Map<string, MatrixJob[]>();
  for (const job of jobs) {
    const key = JSON.stringify([job.kind, job.needs]);
    groups.set(key, [...(groups.get(key) ?? []), job]);
  }
  return [...groups.values()];
}
