import type { Diagnostic } from "../diagnostic.js";
import type { BlockDeviceEntry, BlockDeviceGraph } from "./block-device-entry.js";
import type { DiskParameters, DiskPlan, DiskPlanNode, FilesystemNode, FstabNode, MountNode } from "./disk-plan.js";
import { checkLabels, defaultRootLabel, ROOT_FILESYSTEM } from "./filesystem-labels.js";
import { createReport } from "./finding.js";
import { orderNodes } from "./graph.js";
import type { PlanContext } from "./node-kind.js";
import { parseSize } from "./size.js";

export interface PlannedDisk {
  /** Undefined when something cannot be made. */
  readonly plan: DiskPlan | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Computes everything that will be made for a checked configuration. Pure; call it once before the build without
 * `imageBytes` (sizes are then null) and again when the size of the tree is known. The seed of the parameters is
 * `planSeededDisk`'s, which makes UUIDs of it.
 */
export function planDisk(
  config: BlockDeviceGraph,
  parameters: DiskParameters = {},
  uuidOf: PlanContext["uuidOf"] = () => null,
): PlannedDisk {
  const { diagnostics, report } = createReport();
  const merged = { ...config, entries: config.entries.map((entry) => withRootDefaults(entry, parameters)) };
  const loops = new Map(merged.entries.filter(({ kind }) => kind === "local_loop").map((entry) => [entry.name, entry]));
  const context: PlanContext = {
    parameters,
    uuidOf,
    report,
    diskBytes: (name) => {
      const size = loops.get(name)?.values.size;
      return typeof size === "string" ? parseSize(size) : parameters.imageBytes;
    },
    blockSize: (name) => parameters.blockSize ?? Number(loops.get(name)?.values.block_size ?? 512),
  };
  const nodes = orderNodes(merged, report).flatMap((node) => node.plan(context));
  checkLabels(merged.entries, report);
  if (diagnostics.some(({ severity }) => severity === "error")) return { plan: undefined, diagnostics };
  const plan = {
    source: config.source.path,
    nodes,
    fstab: fstabOf(nodes),
    environment: environmentOf(nodes, merged.entries),
  };
  return { plan, diagnostics };
}

/** What `FS_TYPE`, `--root-label` and the mkfs options mean: defaults of the filesystem named `mkfs_root`, no other. */
function withRootDefaults(entry: BlockDeviceEntry, parameters: DiskParameters): BlockDeviceEntry {
  if (entry.kind !== "mkfs" || entry.name !== ROOT_FILESYSTEM) return entry;
  const type = entry.values.type ?? parameters.rootFilesystem ?? "ext4";
  const label = entry.values.label ?? parameters.rootLabel ?? defaultRootLabel(type);
  const opts = entry.values.opts ?? parameters.rootMkfsOptions;
  return { ...entry, values: { ...entry.values, type, label, ...(opts === undefined ? {} : { opts }) } };
}

const isFilesystem = (node: DiskPlanNode): node is FilesystemNode => node.kind === "mkfs";
const isMount = (node: DiskPlanNode): node is MountNode => node.kind === "mount";
const isFstab = (node: DiskPlanNode): node is FstabNode => node.kind === "fstab";

/** A line per mount that has an `fstab` entry, in the order of mounting; filesystems are named by label. */
function fstabOf(nodes: readonly DiskPlanNode[]): string {
  const lines = nodes.filter(isMount).map((mount) => {
    const filesystem = nodes.filter(isFilesystem).find(({ name }) => name === mount.base);
    const fstab = nodes.filter(isFstab).findLast(({ base }) => base === mount.name);
    if (filesystem === undefined || fstab === undefined) return "";
    // Nobody mounts swap: its line has the words that swapon knows, whatever the entries say.
    if (filesystem.type === "swap") return `LABEL=${filesystem.label} none swap sw 0 0\n`;
    const { options, dumpFrequency, checkPass } = fstab;
    return `LABEL=${filesystem.label} ${mount.mountPoint} ${filesystem.type} ${options} ${dumpFrequency} ${checkPass}\n`;
  });
  return lines.join("");
}

function environmentOf(nodes: readonly DiskPlanNode[], entries: readonly BlockDeviceEntry[]): Record<string, string> {
  const filesystemAt = (point: string) => {
    const mount = nodes.filter(isMount).find(({ mountPoint }) => mountPoint === point);
    return nodes.filter(isFilesystem).find(({ name }) => name === mount?.base);
  };
  const points = entries.filter(({ kind }) => kind === "mount").map(({ values }) => values.mount_point);
  return {
    DIB_ROOT_LABEL: filesystemAt("/")?.label ?? "",
    DIB_ROOT_FSTYPE: filesystemAt("/")?.type ?? "",
    DIB_BOOT_LABEL: filesystemAt("/boot")?.label ?? "",
    DIB_MOUNTPOINTS: points.join("|"),
  };
}
