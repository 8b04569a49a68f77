import type { MountRecord, NamedDirectories } from "../job/mount-record.js";
import { isWithin, type MountEntry } from "./mount-table.js";
import { shownCache } from "./shown-cache.js";

/** The mounts every script after `root.d` sees, as upstream makes them; `/sys` is read-only to look like a container. */
export const KERNEL_MOUNTS: readonly MountRecord[] = [
  { kind: "filesystem", at: "proc", type: "proc", readOnly: false },
  { kind: "bind", at: "dev", source: "/dev", readOnly: false },
  { kind: "filesystem", at: "dev/pts", type: "devpts", readOnly: false },
  { kind: "filesystem", at: "sys", type: "sysfs", readOnly: true },
];

export interface RecordedMounts {
  readonly records: readonly MountRecord[];
  /** Mounts that cannot be made again; the step that left them is not cached. */
  readonly unrepeatable: readonly MountEntry[];
}

/**
 * What is mounted below `target` according to a mount table.
 * Bind mounts are recognised by their device and directory, because the kernel keeps no source path.
 */
export function recordMounts(table: readonly MountEntry[], target: string, named: NamedDirectories): RecordedMounts {
  const targetMount = table.findLast((entry) => entry.mountPoint === target);
  const outside = table.filter((entry) => !isWithin(entry.mountPoint, target));
  const records: MountRecord[] = [];
  const unrepeatable: MountEntry[] = [];
  for (const entry of table) {
    if (!isWithin(entry.mountPoint, target) || entry.mountPoint === target) continue;
    const at = entry.mountPoint.slice(target.length + 1);
    if (isPartOfKernelTree(entry) || cameAlong(at, entry, records, outside)) continue;
    const readOnly = entry.options.includes("ro");
    const cache = entry.type === "overlay" ? shownCache(entry.source) : undefined;
    if (cache !== undefined) records.push({ kind: "bind", at, source: cache, readOnly });
    else if (entry.type === "proc" || entry.type === "sysfs" || entry.type === "devpts") {
      records.push({ kind: "filesystem", at, type: entry.type, readOnly });
    } else if (targetMount !== undefined && entry.device === targetMount.device) {
      records.push({ kind: "bind-inside", at, from: entry.root.replace(/^\//, ""), readOnly });
    } else {
      const source = bindSource(entry, outside);
      // Shown again by each step: see `renderDevices`.
      if (source?.startsWith("/dev/") && source === `/${at}`) continue;
      if (source !== undefined) records.push({ kind: "bind", at, source: nameDirectory(source, named), readOnly });
      else if (entry.type === "tmpfs") records.push({ kind: "tmpfs", at, readOnly });
      else unrepeatable.push(entry);
    }
  }
  return { records, unrepeatable };
}

/** What every mount of `/proc` gets of itself, to be read only: see `KernelMounts`. */
function isPartOfKernelTree({ type, root }: MountEntry): boolean {
  return (type === "proc" || type === "sysfs") && root !== "/";
}

/** Whether a mount came with the one above it, which was a recursive bind: made again with that one, it is there twice. */
function cameAlong(
  at: string,
  entry: MountEntry,
  records: readonly MountRecord[],
  outside: readonly MountEntry[],
): boolean {
  const above = records.findLast((record) => at !== record.at && isWithin(at, record.at));
  const source = above && sourceOf(above);
  if (above === undefined || source === undefined) return false;
  const there = `${source}${at.slice(above.at.length)}`;
  return outside.some(
    ({ mountPoint, device, root }) => mountPoint === there && device === entry.device && root === entry.root,
  );
}

/** What a record shows of the host, or might show: where a container hides parts of `/proc`, a bind stands for a mount. */
function sourceOf(record: MountRecord): string | undefined {
  if (record.kind === "bind") return record.source;
  if (record.kind !== "filesystem" || record.type === "devpts") return undefined;
  return record.type === "proc" ? "/proc" : "/sys";
}

function bindSource(entry: MountEntry, outside: readonly MountEntry[]): string | undefined {
  const same = outside.filter((other) => other.device === entry.device && isWithin(entry.root, other.root));
  // The deepest mounted directory is the most specific: a writable cache rather than the whole host root.
  const best = same.sort((a, b) => b.root.length - a.root.length)[0];
  if (best === undefined) return undefined;
  const rest = best.root === "/" ? entry.root : entry.root.slice(best.root.length);
  const joined = `${best.mountPoint === "/" ? "" : best.mountPoint}${rest === "/" ? "" : rest}`;
  return joined === "" ? "/" : joined;
}

function nameDirectory(path: string, named: NamedDirectories): string {
  for (const [name, directory] of Object.entries(named)) {
    if (isWithin(path, directory)) return `$${name}${path.slice(directory.length)}`;
  }
  return path;
}

/** The host path of a bind record on this machine. */
export function resolveSource(source: string, named: NamedDirectories): string {
  const match = /^\$([A-Z_]+)(.*)$/s.exec(source);
  const directory = match?.[1] === undefined ? undefined : named[match[1]];
  return directory === undefined ? source : `${directory}${match?.[2] ?? ""}`;
}
