import type { BuildTimeline, LayerStore, PastBuild } from "@dibkit/runner";

/** The times of a past build; undefined when it was killed before it could write them. */
export function pastTimeline(store: LayerStore, { record }: PastBuild): Promise<BuildTimeline | undefined> {
  return store.records.timeline(record.id);
}
