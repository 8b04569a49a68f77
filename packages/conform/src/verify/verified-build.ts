import type { BuildJob, LayerStore } from "@dibkit/runner";

/** One of the two builds. */
export interface VerifiedBuild {
  readonly job: BuildJob;
  /** Path of its outputs without suffix. */
  readonly image: string;
  readonly store: LayerStore;
}
