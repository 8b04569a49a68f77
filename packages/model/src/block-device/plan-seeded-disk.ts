import type { BlockDeviceGraph } from "./block-device-entry.js";
import type { DiskParameters } from "./disk-plan.js";
import { type PlannedDisk, planDisk } from "./plan-disk.js";
import { seededUuid } from "./seeded-uuid.js";

/** `planDisk`, with UUIDs that follow from the seed of the parameters, where there is one. */
export function planSeededDisk(config: BlockDeviceGraph, parameters: DiskParameters = {}): PlannedDisk {
  const { seed } = parameters;
  return planDisk(config, parameters, seed === undefined ? undefined : (purpose) => seededUuid(seed, purpose));
}
