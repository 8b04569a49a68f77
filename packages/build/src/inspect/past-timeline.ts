import type { PastBuild } from "../layers/build-history.js";
import type { LayerStore } from "../layers/layer-store.js";
import type { BuildTimeline } from "../run/build-timeline.js";

/** The times of a past build; undefined when it was killed before it could write them. */
export function pastTimeline(store: LayerStore, { record }: PastBuild): Promise<BuildTimeline | undefined> {
  return store.readJson<BuildTimeline>("builds", record.id, "timeline.json");
}
