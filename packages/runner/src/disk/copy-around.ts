import { type FileHandle, open, readFile } from "node:fs/promises";
import { basename } from "node:path";
import { ok, type Result } from "@dibkit/model";
import type { DiskFailure } from "./disk-failure.js";
import type { MadeFilesystem, RewriteState } from "./disk-node.js";

const CHUNK = 1024 * 1024;
/** sysfs counts in these, whatever the sector size of the device. */
const SYSFS_SECTOR = 512;

interface Range {
  readonly start: number;
  readonly end: number;
}

/** Where a raw file is copied from and to, and the device it is attached to. */
interface RawFiles {
  readonly original: string;
  readonly image: string;
  readonly device: string;
}

/** Copies a disk's raw file without the filesystems that are `left` out; zeros become holes. */
export async function copyAround(
  node: string,
  { original, image, device }: RawFiles,
  left: readonly MadeFilesystem[],
  { run, original: { devices } }: RewriteState,
): Promise<Result<void, DiskFailure>> {
  // What scripts wrote to the devices, boot loaders for instance, has to be in the file.
  for (const written of new Set([device, ...[...devices.values()].filter((path) => path.startsWith(`${device}p`))])) {
    const flushed = await run(node, ["blockdev", "--flushbufs", written]);
    if (!flushed.ok) return flushed;
  }
  const [from, to] = [await open(original, "r"), await open(image, "w")];
  try {
    const { size } = await from.stat();
    await to.truncate(size);
    const holes = await Promise.all(left.map((filesystem) => rangeOn(device, filesystem.device, size)));
    for (const range of between(
      holes.filter((hole) => hole !== undefined),
      size,
    ))
      await copyRange(from, to, range);
    return ok(undefined);
  } finally {
    await from.close();
    await to.close();
  }
}

/** Where a partition is on its disk; undefined when it is on another. */
async function rangeOn(disk: string, device: string, size: number): Promise<Range | undefined> {
  if (device === disk) return { start: 0, end: size };
  if (!device.startsWith(`${disk}p`)) return undefined;
  const number = async (name: string) =>
    Number(await readFile(`/sys/class/block/${basename(device)}/${name}`, "utf8")) * SYSFS_SECTOR;
  const start = await number("start");
  return { start, end: start + (await number("size")) };
}

/** What lies between ranges, from 0 to the size of the disk. */
export function between(ranges: readonly Range[], size: number): readonly Range[] {
  const found: Range[] = [];
  let start = 0;
  for (const range of [...ranges].sort((a, b) => a.start - b.start)) {
    if (range.start > start) found.push({ start, end: range.start });
    start = Math.max(start, range.end);
  }
  return start < size ? [...found, { start, end: size }] : found;
}

/** Copies a range of a file to the same place in another, or to where it says; what is zero is not written. */
async function copyRange(from: FileHandle, to: FileHandle, { start, end }: Range, target = start): Promise<void> {
  const zeros = Buffer.alloc(CHUNK);
  for (let at = start; at < end; at += CHUNK) {
    const length = Math.min(CHUNK, end - at);
    const { buffer, bytesRead } = await from.read(Buffer.alloc(length), 0, length, at);
    const bytes = buffer.subarray(0, bytesRead);
    if (!bytes.equals(zeros.subarray(0, bytesRead))) await to.write(bytes, 0, bytesRead, target + at - start);
  }
}

/** Copies a range of a file into another that is there, at `target`; what is zero is not written. */
export async function copyBytes(from: string, to: string, range: Range, target: number): Promise<void> {
  const [source, image] = [await open(from, "r"), await open(to, "r+")];
  try {
    await copyRange(source, image, range, target);
  } finally {
    await source.close();
    await image.close();
  }
}
