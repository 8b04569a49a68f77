import { join } from "node:path";
import type { DiskPlan } from "@dibkit/model";
import type { DiskEntry } from "../job/layer.js";
import { type LayerStore, layerName } from "./layer-store.js";
import { readJson } from "./store-records.js";

/** Name of the file beside the files of a kept disk that has the plan it was made from, as JSON. */
export const DISK_PLAN_FILE = "plan.json";

/** The plan that a kept disk was made from; undefined when another process has just removed the disk. */
export function keptDiskPlan(store: LayerStore, { key }: Pick<DiskEntry, "key">): Promise<DiskPlan | undefined> {
  return readJson<DiskPlan>(join(store.treeDirectory(layerName(key), "disk"), DISK_PLAN_FILE));
}
