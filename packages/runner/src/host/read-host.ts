import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { hasContainers } from "./container-storage.js";
import { type MountEntry, parseMountInfo } from "./mount-table.js";

/** An entry of the host's root directory. */
export interface TopEntry {
  readonly name: string;
  /** Of a symbolic link. Absent: it is a directory. */
  readonly target?: string;
}

/** What the host is, as far as a view of it is planned from that. */
export interface HostLayout {
  readonly table: readonly MountEntry[];
  /** Directories and links of the root directory. */
  readonly top: readonly TopEntry[];
  /** It has podman, buildah or their like. */
  readonly hasContainers: boolean;
}

/** Looks at the host of this process. */
export function readHost(): HostLayout {
  const top = readdirSync("/", { withFileTypes: true }).flatMap((entry): readonly TopEntry[] => {
    if (entry.isSymbolicLink()) return [{ name: entry.name, target: readlinkSync(`/${entry.name}`) }];
    return entry.isDirectory() ? [{ name: entry.name }] : [];
  });
  return { table: parseMountInfo(readFileSync("/proc/self/mountinfo", "utf8")), top, hasContainers: hasContainers() };
}
