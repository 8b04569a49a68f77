import { stat } from "node:fs/promises";
import { basename } from "node:path";
import type { BuildOutcome, LayerStore } from "@dibkit/runner";
import { stepSeconds } from "../past/past-jobs.js";
import type { JobRecord } from "../records/job-record.js";
import { peakMemory } from "./peak-memory.js";

/** What a build says of itself, for the record of its job. */
export type BuildFacts = Pick<JobRecord, "message" | "steps" | "ran" | "layers" | "bytes" | "memory" | "outputs">;

/** Reads what a store remembers of a build that has ended. */
export async function buildFacts(store: LayerStore, buildId: string, outcome: BuildOutcome): Promise<BuildFacts> {
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
  const memory = peakMemory();
  return {
    ...(outcome.kind === "built" ? {} : { message: outcome.kind === "interrupted" ? "interrupted" : outcome.message }),
    steps: stepSeconds(timeline?.steps ?? []),
    ran: (timeline?.steps ?? []).filter((step) => step.outcome === "ran").length,
    layers: entries.map(({ asked, key }) => asked ?? key),
    bytes: [...entries.map(({ bytes }) => bytes), ...sizes].reduce((sum, bytes) => sum + bytes, 0),
    ...(memory === undefined ? {} : { memory }),
    outputs: files.map((file) => basename(file)),
  };
}
