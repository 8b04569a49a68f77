import type { BuildJob } from "../job/build-job.js";
import type { BuildRecord } from "../job/build-record.js";
import type { LayerStore } from "./layer-store.js";

/** A build that is remembered. */
export interface PastBuild {
  readonly record: BuildRecord;
  readonly job: BuildJob;
}

/**
 * The newest build of an image, or of any image when `image` (absolute path without suffix) is undefined: whatever it came
 * to, for looking into a build that failed. `findBuild` of `@dibkit/contents` finds the build that made an image.
 */
export async function newestBuild(store: LayerStore, image: string | undefined): Promise<PastBuild | undefined> {
  for (const id of (await store.records.buildIds()).toReversed()) {
    const record = await store.records.record(id);
    if (record === undefined || (image !== undefined && !namesImage(image, record.image))) continue;
    const job = await store.records.job(id);
    if (job !== undefined) return { record, job };
  }
  return undefined;
}

/** Whether a word of the command line means this image: its path with or without a suffix. */
export function namesImage(word: string, image: string): boolean {
  return word === image || (word.startsWith(`${image}.`) && !word.slice(image.length + 1).includes("/"));
}
