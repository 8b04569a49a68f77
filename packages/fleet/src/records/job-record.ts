/** What came of a job, as a registry keeps it. */
export interface JobRecord {
  readonly version: 1;
  readonly matrix: string;
  /** Name of the job. */
  readonly job: string;
  /** What it was made of; see `MatrixJob`. */
  readonly id: string;
  readonly status: "begun" | "done" | "failed";
  /** Name of the machine. */
  readonly host: string;
  /** ISO times. */
  readonly started: string;
  readonly ended?: string;
  /** Why it failed, in one sentence. */
  readonly message?: string;
  /** Steps by `PHASE/SCRIPT`: how long each took, the last time it ran. */
  readonly steps?: Readonly<Record<string, number>>;
  /** How many of them ran, and were not taken from a store or a registry. */
  readonly ran?: number;
  /** Keys of the layers that are in the registry now. */
  readonly layers?: readonly string[];
  /** Steps whose layers could not be shared. */
  readonly unshared?: number;
  /** Bytes of layers and outputs. */
  readonly bytes?: number;
  /** Bytes of memory at the peak, where the machine counts them. */
  readonly memory?: number;
  /** Fingerprints of the files that were made, by base name; for a job that publishes, cells and the command's words. */
  readonly outputs?: Readonly<Record<string, string>>;
}

const STATUSES: readonly unknown[] = ["begun", "done", "failed"];

/** Undefined for anything that is no record: others may write there. */
export function readJobRecord(value: unknown): JobRecord | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { version, matrix, job, id, status, host, started, ended, message, steps, layers, outputs, ...numbers } =
    value as Readonly<Record<string, unknown>>;
  const texts = [matrix, job, id, host, started].every((text) => typeof text === "string");
  const times = [started, ended ?? started].every((time) => !Number.isNaN(Date.parse(String(time))));
  const counted = [numbers.ran, numbers.unshared, numbers.bytes, numbers.memory].every(isCountOrNone);
  const seconds = Object.values(typeof steps === "object" && steps !== null ? steps : {});
  const keys = isListOf(layers, /^[0-9a-f]{40}$/) && isNamedTexts(outputs);
  const fine = version === 1 && texts && times && counted && keys && STATUSES.includes(status);
  const told = message === undefined || typeof message === "string";
  return fine && told && seconds.every(isCountOrNone) ? (value as JobRecord) : undefined;
}

function isCountOrNone(value: unknown): boolean {
  return value === undefined || (typeof value === "number" && Number.isFinite(value) && value >= 0);
}

function isNamedTexts(value: unknown): boolean {
  if (value === undefined) return true;
  if (typeof value !== "object" || value === null) return false;
  return Object.entries(value).every(([name, text]) => !name.includes("/") && typeof text === "string");
}

function isListOf(value: unknown, pattern: RegExp): boolean {
  if (value === undefined) return true;
  return Array.isArray(value) && value.every((item) => typeof item === "string" && pattern.test(item));
}
