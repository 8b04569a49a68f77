import { chmod, chown, open, readFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { type DiskPlan, err, ok, type Result } from "@dibkit/model";
import { parseMountInfo } from "../../host/mount-table.js";
import type { DiskFailure } from "../disk-failure.js";
import type { FilesState } from "./files-state.js";
import { makeFile, standInName } from "./kept-files.js";

const DEVICES = "/dev";
const MOST_DISKS = 1000;

/** The names that disks and partitions get where none is taken, by the name in the plan. */
export function plannedDevices({ nodes }: DiskPlan): ReadonlyMap<string, string> {
  const devices = new Map<string, string>();
  let disks = 0;
  for (const node of nodes) {
    if (node.kind === "local-loop") devices.set(node.name, deviceName(disks++));
    if (node.kind === "partition") devices.set(node.name, partitionName(devices.get(node.base) ?? "", node.number));
  }
  return devices;
}

const deviceName = (number: number) => `${DEVICES}/dibkit${number}`;

/** As the kernel names partitions of a disk whose name ends with a digit. */
export function partitionName(disk: string, number: number): string {
  return `${disk}p${number}`;
}

/** Shows a raw file as a disk: under the first free name of `/dev/dibkit0`, `/dev/dibkit1`, … Gives that name. */
export async function nameDisk(node: string, file: string, state: FilesState): Promise<Result<string, DiskFailure>> {
  const table = parseMountInfo(await readFile("/proc/self/mountinfo", "utf8"));
  // A mount that came along from the host may name a device that is free here, and mkfs would take the file for mounted.
  const taken = new Set([...state.devices.values(), ...table.map(({ source }) => source)]);
  for (let number = 0; number < MOST_DISKS; number += 1) {
    const device = deviceName(number);
    if (taken.has(device) || !(await makePlaceholder(device))) continue;
    const shown = await show(node, file, device, state);
    return shown.ok ? ok(device) : shown;
  }
  const message = `no free name for disk "${node}" in ${DEVICES}`;
  return err({ kind: "host-cannot", node, message, help: `remove what is left at ${DEVICES}/dibkit*` });
}

/** Makes a file that plays a partition, or a disk that is one filesystem, and shows it under the name of its device. */
export async function makeStandIn(
  node: string,
  device: string,
  bytes: number,
  state: FilesState,
): Promise<Result<void, DiskFailure>> {
  const file = join(state.context.imageDirectory, standInName(node));
  state.context.undo.defer(`remove ${file}`, () => rm(file, { force: true }));
  const made = await makeFile(standInName(node), file, bytes, state);
  if (!made.ok) return made;
  await makePlaceholder(device);
  state.standIns.set(node, file);
  return show(node, file, device, state);
}

/** Whether an empty file could be made under a name that was free. */
async function makePlaceholder(device: string): Promise<boolean> {
  const file = await open(device, "wx").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "EEXIST") return undefined;
    throw error;
  });
  await file?.close();
  return file !== undefined;
}

/**
 * The kernel tells programs a mounted file as one that is there: `grub-install`, `blkid` and others open it as they would
 * open the device. A link would not do, because they resolve it and then look for a device of the other name.
 */
async function show(node: string, file: string, device: string, state: FilesState): Promise<Result<void, DiskFailure>> {
  const { mode, uid, gid } = await stat(file);
  const bound = await state.run(node, ["mount", "--bind", file, device]);
  state.onTakeDown(`remove ${device}`, async () => {
    const unmounted = bound.ok ? await state.clean(node, ["umount", device]) : bound;
    // What scripts do to a device node does not reach the image, and the file may be an output.
    await chown(file, uid, gid);
    await chmod(file, mode);
    // A whole disk that is one filesystem is shown over its raw file, and only the last one is the placeholder.
    await rm(device, { force: true }).catch(() => {});
    return unmounted;
  });
  return bound.ok ? ok(undefined) : bound;
}
