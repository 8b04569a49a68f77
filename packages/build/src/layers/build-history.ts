import type { BuildJob } from "../run/build-job.js";
import type { BuildRecord } from "../run/build-record.js";
import { type LayerStore, namesIn } from "./layer-store.js";

/** A build that is remembered. */
export interface PastBuild {
  readonly record: BuildRecord;
  readonly job: BuildJob;
}

/** The newest build of an image, or of any image when `image` (absolute path without suffix) is undefined. */
export async function newestBuild(store: LayerStore, image: string | undefined): Promise<PastBuild | undefined> {
  for (const id of (await buildIds(store)).toReversed()) {
    const record = await store.readJson<BuildRecord>("builds", id, "record.json");
    if (record === undefined || (image !== undefined && !namesImage(image, record.image))) continue;
    const job = await store.readJson<BuildJob>("builds", id, "job.json");
    if (job !== undefined) return { record, job };
  }
  return undefined;
}

/** Ids of all builds, oldest first: an id begins with the time. */
export async function buildIds(store: LayerStore): Promise<readonly string[]> {
  return namesIn(`${store.directory}/builds`);
}

/** Whether a word of the command line means this image: its path with or without a suffix. */
function namesImage(word: string, image: string): boolean {
  return word === image || (word.startsWith(`${image}.`) && !word.slice(image.length + 1).includes("/"));
}
