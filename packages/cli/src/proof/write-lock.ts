import { existsSync } from "node:fs";
import { resolve as resolvePath } from "node:path";
import type { StepFetches } from "@dibkit/contents";
import type { LockDocument } from "@dibkit/model";
import { contentStore, FETCH_KINDS, type FetchKind } from "@dibkit/runner";
import type { BuildOptionValues } from "../building/build-options.js";
import { planImage } from "../building/plan-image.js";
import { reportBuild } from "../building/report-build.js";
import type { ExitCode } from "../command.js";
import { count } from "../count.js";
import { type Terminal, usageFailure, writeTrouble, writeWarning } from "../terminal.js";
import { writeWhole } from "../write-whole.js";
import { type BuiltForLock, buildForLock } from "./build-for-lock.js";
import { conflictsWithLock, hasContainerRoot } from "./lock-conflicts.js";
import { readLock } from "./read-lock.js";
import { shareLock } from "./share-lock.js";

export interface LockOptions extends BuildOptionValues {
  readonly lockFile: string;
  readonly update: boolean;
  readonly only: string | undefined;
  readonly check: boolean;
  readonly verbose: boolean;
}

/** Kinds that are brought up to date; `elements` is about what needs no network. */
const KINDS: readonly string[] = [...FETCH_KINDS, "elements"];

/** Builds an image, keeps what its scripts fetch, and writes its lock after showing how it differs from the one before. */
export async function writeLock(terminal: Terminal, words: readonly string[], options: LockOptions): Promise<ExitCode> {
  const path = resolvePath(terminal.cwd, options.lockFile);
  const only = options.only?.split(",");
  const wrong = only?.find((kind) => !KINDS.includes(kind));
  if (wrong !== undefined)
    return usageFailure(terminal, `"${wrong}" is nothing that a lock has`, `name some of ${KINDS.join(", ")}`);
  if (only !== undefined && !options.update)
    return usageFailure(terminal, "--only says what of a lock is brought up to date", "give --update too");
  if (!options.update && existsSync(path))
    return usageFailure(
      terminal,
      `"${path}" is there already`,
      "give --update to see what differs now and write it anew",
    );
  if (conflictsWithLock(terminal, "a build that makes a lock", options)) return 2;
  const before = options.update ? await readLock(terminal, options.lockFile) : undefined;
  if (options.update && before === undefined) return 2;
  const { compareLocks, lockedRequests, renderLock } = await import("@dibkit/contents");
  const lock = {
    requests: only === undefined || before === undefined ? [] : lockedRequests(before),
    free: only === undefined ? FETCH_KINDS : only.filter((kind): kind is FetchKind => kind !== "elements"),
    refetch: options.update,
  };
  const planned = await planImage(terminal, words, options, options.verbose, { lock });
  if (!planned.ok) return planned.exitCode;
  if (hasContainerRoot(terminal, planned.plan.job)) return 2;
  const { outcome, built } = await buildForLock(terminal, planned.plan, options.verbose);
  if (outcome.kind !== "built") return reportBuild(terminal, outcome, options.cacheDir);
  if (built === undefined) return 3;
  const { fetchedBySteps } = await import("@dibkit/contents");
  const steps = await fetchedBySteps(built.store, built.build);
  const made = await lockOf(terminal, built, steps, path);
  if (made === undefined) return 3;
  const differences = before === undefined ? [] : compareLocks(before, made);
  terminal.stdout.write(differences.map((line) => `${line}\n`).join(""));
  const summary = `${count(made.packages.length, "package")}, ${count(made.fetched.length, "request")}`;
  const isNew = before === undefined || differences.length > 0;
  if (options.check) {
    terminal.stderr.write(`${options.lockFile} is ${isNew ? "out of date" : `up to date: ${summary}`}\n`);
    return isNew ? 1 : 0;
  }
  const text = renderLock(made);
  if (isNew && !(await writeWhole(terminal, path, text, { what: "lock", option: "--lock-file" }))) return 1;
  terminal.stdout.write(`${options.lockFile}${isNew ? "" : " is up to date"}: ${summary}\n`);
  return shareLock(terminal, made, steps, planned.plan.job.request);
}

/** The lock of a build; undefined after saying on stderr that a build from it would not come to its end. */
async function lockOf(
  terminal: Terminal,
  { build, parts }: BuiltForLock,
  steps: readonly StepFetches[],
  path: string,
): Promise<LockDocument | undefined> {
  const { makeLock } = await import("@dibkit/contents");
  const { lock, troubles } = makeLock({ job: build.job, steps, parts });
  const contents = contentStore(build.job.request.lock?.contents ?? "");
  const gone = lock.fetched.filter(({ sha256 }) => sha256 !== undefined && contents.find(sha256) === undefined);
  const [first] = gone;
  if (first !== undefined) {
    const message = `the bytes of ${count(gone.length, "request")} are gone from the cache, such as those of ${first.url}`;
    writeTrouble(terminal, message, "give --refresh to fetch them again");
    return undefined;
  }
  for (const trouble of troubles) writeWarning(terminal, trouble, `a build from "${path}" ends there`);
  return lock;
}
