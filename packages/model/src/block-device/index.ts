export type { BlockDeviceEntry, BlockDeviceGraph, ValuePath } from "./block-device-entry.js";
export { type ChosenBlockDevices, chooseBlockDevices, type UnreadableBlockDevices } from "./choose-config.js";
export * from "./disk-plan.js";
export { BLOCK_DEVICE_FINDINGS, type BlockDeviceFinding } from "./finding.js";
export { orderNodes as orderBlockDevices } from "./graph.js";
export {
  computeImageSize,
  DEFAULT_JOURNAL_MIB,
  hasEfiLayout,
  type ImageSizeOptions,
  rootMkfsOptions,
} from "./image-size.js";
export { NODE_KINDS as BLOCK_DEVICE_KINDS } from "./nodes/index.js";
export { type ParsedBlockDeviceGraph, parseBlockDeviceGraph } from "./parse-block-device-graph.js";
export { type PlannedDisk, planDisk } from "./plan-disk.js";
export { formatSize, parseRelativeSize, parseSize } from "./size.js";
