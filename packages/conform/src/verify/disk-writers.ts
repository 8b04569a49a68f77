import type { BuildTimeline, LayerStore, StepLabel } from "@dibkit/runner";
import { SETTLE_LABEL, stepName, TARGET_DIRECTORY } from "@dibkit/runner";

/** Time stamps of the kernel are those of its last tick, so a file may look a little older than it is. */
const TICK_S = 0.02;

/** Which script on the real disk changed each path last, from the times that `dibkit/settle-times` listed. */
export async function diskWriters(store: LayerStore, id: string): Promise<ReadonlyMap<string, StepLabel>> {
  const timeline = await store.records.timeline(id);
  const listed = (await store.records.log(id, stepName(SETTLE_LABEL))) ?? "";
  return timeline === undefined ? new Map() : parseDiskWriters(listed, timeline);
}

/** Reads lines of `SECONDS PATH`. */
export function parseDiskWriters(
  listed: string,
  { started, steps }: Pick<BuildTimeline, "started" | "steps">,
): ReadonlyMap<string, StepLabel> {
  const begin = Date.parse(started) / 1000;
  const writers = new Map<string, StepLabel>();
  for (const [, seconds, place = ""] of listed.matchAll(/^(\d+\.\d+) (\/.*)$/gm)) {
    const at = Number(seconds) - begin;
    // A script takes longer than a tick to start, but may write until it ends: its own time comes first.
    const within = (slack: number) => steps.findLast(({ start, end }) => at >= start - slack && at <= end);
    const step = within(0) ?? within(TICK_S);
    const path = place.startsWith(TARGET_DIRECTORY) ? place.slice(TARGET_DIRECTORY.length) : place;
    if (step !== undefined) writers.set(path === "" ? "/" : path, step.label);
  }
  return writers;
}
