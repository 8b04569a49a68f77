import { existsSync } from "node:fs";
import { stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { type BuildOutcome, type LayerStore, outputFingerprint } from "@dibkit/runner";
import { stepSeconds } from "../past/past-jobs.js";
import type { JobRecord } from "../records/job-record.js";

/** What a build says of itself, for the record of its job. */
export type BuildFacts = Pick<JobRecord, "message" | "steps" | "ran" | "layers" | "bytes" | "memory" | "outputs">;

/** Reads what a store remembers of a build that has ended; `memory` is its peak in bytes, where somebody knows. */
export async function buildFacts(
  store: LayerStore,
  buildId: string,
  outcome: BuildOutcome,
  memory: number | undefined,
): Promise<BuildFacts> {
  const [record, timeline] = await Promise.all([store.records.record(buildId), store.records.timeline(buildId)]);
  const named = await Promise.all((record?.steps ?? []).map(({ layer }) => layer && store.named(layer)));
  const entries = named.filter((entry) => entry !== undefined && entry !== "");
  const files = outcome.kind === "built" ? outcome.outputs : [];
  const sizes = await Promise.all(
    files.map((file) =>
      stat(file).then(
        ({ blocks }) => blocks * 512,
        () => 0,
      ),
    ),
  );
  return {
    ...(outcome.kind === "built" ? {} : { message: outcome.kind === "interrupted" ? "interrupted" : outcome.message }),
    steps: stepSeconds(timeline?.steps ?? []),
    ran: (timeline?.steps ?? []).filter((step) => step.outcome === "ran").length,
    layers: entries.map(({ asked, key }) => asked ?? key),
    bytes: [...entries.map(({ bytes }) => bytes), ...sizes].reduce((sum, bytes) => sum + bytes, 0),
    ...(memory === undefined ? {} : { memory }),
    outputs: Object.fromEntries(
      await Promise.all(files.map(async (file) => [basename(file), await outputFingerprint(file)] as const)),
    ),
  };
}

/** Whether the files that a job has made are in a directory, as it made them; gives their paths, none when they are not. */
export async function madeFiles(
  { outputs = {} }: Pick<JobRecord, "outputs">,
  directory: string,
): Promise<readonly string[]> {
  const files = Object.keys(outputs).map((name) => join(directory, name));
  const same = await Promise.all(
    files.map(async (file) => existsSync(file) && (await outputFingerprint(file)) === outputs[basename(file)]),
  );
  return same.every(Boolean) ? files : [];
}
