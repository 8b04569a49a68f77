import { mkdir, rm, symlink } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { DiskPlan, Result } from "@dibkit/model";
import { sharesBlocks } from "../disk/copy-disk.js";
import type { DiskFailure } from "../disk/disk-failure.js";
import type { MountedDisk } from "../disk/mounted-disk.js";
import type { BuildContext } from "../job/build-context.js";
import { IMAGE_DIRECTORY } from "../job/build-directories.js";
import { sourceDate } from "../plan/source-date.js";
import type { BuildSession } from "./build-session.js";

/** Opens a disk where its raw files are best, and shows them to scripts. */
export async function openInPlace(
  session: BuildSession,
  context: BuildContext,
  plan: DiskPlan,
  open: (place: BuildContext) => Promise<Result<MountedDisk, DiskFailure>>,
): Promise<Result<MountedDisk, DiskFailure>> {
  const memory = await placeInMemory(session, context, plan);
  const opened = await open(memory === undefined ? context : { ...context, imageDirectory: memory });
  if (opened.ok && memory !== undefined) await showImages(opened.value, memory);
  // What the tools have written on the host, such as LVM its archive, is no script's doing.
  await session.hostWrites.takeNew();
  return opened;
}

/**
 * A directory in memory when the whole of the raw files fits there, holes too, so that it cannot become full. None when
 * the store's filesystem lets files share blocks: keeping the disk and taking it out of the store again is then free.
 */
async function placeInMemory(
  session: BuildSession,
  context: BuildContext,
  plan: DiskPlan,
): Promise<string | undefined> {
  if (await sharesBlocks(session.store.directory, session.commands)) return undefined;
  const memory = await session.memory.open();
  if (memory === undefined || mostBytes(session, plan) > (await session.memory.free())) return undefined;
  // With the path of the image directory below it, by which the keeper knows the loop devices of its build.
  const place = join(memory, context.imageDirectory);
  await mkdir(place, { recursive: true });
  return place;
}

/** Bytes that the raw files of a plan can come to take. */
function mostBytes(session: BuildSession, plan: DiskPlan): number {
  const sizes = plan.nodes.map((node) => (node.kind === "local-loop" ? (node.bytes ?? 0) : 0));
  const { request, disk } = session.job;
  // A repeatable image is written a second time; a disk of files has files beside it, for what scripts change.
  const copies = disk.chosen.way === "files" || sourceDate(request.environment) !== undefined ? 2 : 1;
  return copies * sizes.reduce((sum, size) => sum + size, 0);
}

/** Shows scripts in `TMP_IMAGE_DIR` the raw files that are in memory. */
async function showImages({ images }: MountedDisk, memory: string): Promise<void> {
  for (const image of Object.values(images)) {
    if (dirname(image) !== memory) continue;
    const shown = join(IMAGE_DIRECTORY, basename(image));
    await rm(shown, { force: true });
    await symlink(image, shown);
  }
}
