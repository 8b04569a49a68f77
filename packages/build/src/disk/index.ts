export { copyTree, measureTree } from "./copy-tree.js";
export { checkDiskHost, createDisk, type DiskCopy, diskTools, reopenDisk } from "./create-disk.js";
export type { DiskFailure } from "./disk-failure.js";
export type { HostTool } from "./host-tool.js";
export { uniqueTools } from "./host-tool.js";
export type { DiskImages, MountedDisk } from "./mounted-disk.js";
