import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { type DiskPlan, err, ok, type Result } from "@dibkit/model";
import { copyDiskCommand } from "../copy-disk.js";
import type { DiskFailure } from "../disk-failure.js";
import type { KeptDisk } from "../keep-disk.js";
import { makeSparseFile } from "../raw-file.js";
import type { FilesState } from "./files-state.js";

/** The name of the file that plays a partition, also where it is kept; the raw file of a disk has that of the disk. */
export function standInName(node: string): string {
  return `${node}.device`;
}

/** The files that make up a disk, by the names under which they are kept. */
export function filesOfDisk({ images, standIns }: FilesState): Readonly<Record<string, string>> {
  const devices = [...standIns].map(([node, file]) => [standInName(node), file] as const);
  return Object.fromEntries([...images, ...devices]);
}

/** Without a UUID in the plan the one of a kept filesystem would not be known again. */
export function canKeepFiles(plan: DiskPlan): boolean {
  return plan.nodes.every((node) => node.kind !== "mkfs" || node.uuid !== null);
}

/** Copies the files of a disk, which hold little but holes before the filesystems are written. */
export async function keepFiles(state: FilesState, directory: string): Promise<Result<KeptDisk, DiskFailure>> {
  const images: Record<string, string> = {};
  await mkdir(directory, { recursive: true });
  for (const [name, file] of Object.entries(filesOfDisk(state))) {
    const kept = join(directory, `${name}.raw`);
    const copied = await state.run(name, copyDiskCommand(file, kept));
    if (!copied.ok) return ok({ images: undefined, reason: copied.error });
    images[name] = kept;
  }
  return ok({ images });
}

/** Makes a file of a disk: a copy of the kept one, where the disk is opened again, else one of so many bytes, all holes. */
export async function makeFile(
  name: string,
  path: string,
  bytes: number,
  state: FilesState,
): Promise<Result<void, DiskFailure>> {
  if (state.kept === undefined) return makeSparseFile(path, bytes);
  const kept = state.kept[name];
  if (kept === undefined) {
    const help = "remove it with dibkit cache clear";
    return err({ kind: "host-cannot", node: name, message: `the kept disk has no file for "${name}"`, help });
  }
  const copied = await state.run(name, copyDiskCommand(kept, path));
  return copied.ok ? ok(undefined) : copied;
}
