import { type DiskPlan, err, ok, type Result } from "@dibkit/model";
import type { DiskFailure } from "../disk-failure.js";
import type { MadeFilesystem } from "../disk-node.js";
import { whyBoundToBlocks, whyNotRewritten } from "../rewritable-filesystem.js";
import type { UnsettledFilesystem } from "../rewrite-disk.js";
import { type FilesState, inState } from "./files-state.js";
import { FILESYSTEM_WRITERS, pasteFile } from "./filesystem-writers.js";

/**
 * Writes every filesystem, from what scripts have left where it is mounted, into the raw file of its disk; what was
 * written to other partitions goes there too. Boot code that is in the raw file stays. With a date (seconds since 1970)
 * the bytes follow from the files and the date alone; gives the filesystems for which that cannot be.
 */
export async function assembleDisk(
  plan: DiskPlan,
  state: FilesState,
  date: number | undefined,
): Promise<Result<readonly UnsettledFilesystem[], DiskFailure>> {
  const unsettled: UnsettledFilesystem[] = [];
  const written = new Set<string>();
  for (const node of plan.nodes) {
    const filesystem = node.kind === "mkfs" ? state.filesystems.get(node.name) : undefined;
    const directory = filesystem && state.mountPoints.get(filesystem.name);
    if (filesystem === undefined || directory === undefined) continue;
    const done = await writeFilesystem(filesystem, directory, state, date);
    if (!done.ok) return done;
    written.add(filesystem.base);
    const reason = await whyNotRewritten(
      { ...filesystem, device: inState(state.standIns, filesystem.base) },
      directory,
    );
    if (reason !== undefined) unsettled.push({ name: filesystem.name, reason });
  }
  // Swap, partitions for boot loaders, filesystems that are mounted nowhere.
  for (const [name, standIn] of state.standIns) {
    if (!written.has(name)) await pasteFile(standIn, inState(state.regions, name));
  }
  return ok(unsettled);
}

async function writeFilesystem(
  filesystem: MadeFilesystem,
  directory: string,
  state: FilesState,
  date: number | undefined,
): Promise<Result<void, DiskFailure>> {
  const { name, type, base } = filesystem;
  const writer = FILESYSTEM_WRITERS[type];
  if (writer === undefined) throw new Error(`no writer for filesystem "${name}" of type "${type}"`);
  const standIn = inState(state.standIns, base);
  const bound = await whyBoundToBlocks({ ...filesystem, device: standIn }, directory);
  if (bound !== undefined) {
    const message = `filesystem "${name}" cannot be written from its files: ${bound}`;
    return err({ kind: "host-cannot", node: name, message, help: 'build with "--disk loop"' });
  }
  const { context, run, clean, mountPoints } = state;
  const tree = { context, run, clean, date, mountPoints };
  return writer.write({ filesystem, directory, region: inState(state.regions, base), standIn, tree });
}
