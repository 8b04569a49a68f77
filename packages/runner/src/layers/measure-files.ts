import { createHash, type Hash } from "node:crypto";
import { type FileHandle, open, stat } from "node:fs/promises";
import { join } from "node:path";
import type { CommandRunner } from "@dibkit/exec";
import { type Measured, regularFiles } from "./tree-changes.js";

const BLOCK_BYTES = 64 * 1024;
const READ_BYTES = 64 * BLOCK_BYTES;
const ZEROS = Buffer.alloc(BLOCK_BYTES);

/** Bytes of a file that may hold something. */
interface Extent {
  readonly start: number;
  readonly length: number;
}

/** A line of `qemu-img map --output=json` about bytes that are there. */
const DATA_LINE = /"start": (\d+), "length": (\d+),.*"data": true/;

/**
 * Hash of the files in the directories `names` below `directory`: their names, sizes, and bytes where they are not
 * zero. For raw disks, whose holes come and go with the filesystem, and may be many times as large as the rest.
 */
export async function measureFiles(
  commands: CommandRunner,
  directory: string,
  names: readonly string[],
): Promise<Measured | undefined> {
  const hash = createHash("sha256");
  let bytes = 0;
  for (const name of names) {
    for (const path of await regularFiles(join(directory, name))) {
      const file = join(directory, name, path);
      const { size, blocks } = await stat(file);
      hash.update(`${name}/${path}\0${size}\0`);
      const extents = await mapFile(commands, file, size);
      if (extents === undefined) return undefined;
      await hashExtents(hash, file, size, extents);
      bytes += blocks * 512;
    }
  }
  return { content: hash.digest("hex").slice(0, 40), bytes };
}

/** Where qemu-img is missing, the holes are read too, which takes longer and comes to the same hash. */
async function mapFile(commands: CommandRunner, file: string, size: number): Promise<readonly Extent[] | undefined> {
  const extents: Extent[] = [];
  const onOutput = (line: string) => {
    const [, start, length] = DATA_LINE.exec(line) ?? [];
    if (start !== undefined) extents.push({ start: Number(start), length: Number(length) });
  };
  const mapped = await commands.run(["qemu-img", "map", "-U", "--output=json", "-f", "raw", "--", file], { onOutput });
  if (mapped.ok) return extents;
  return mapped.error.kind === "not-found" ? [{ start: 0, length: size }] : undefined;
}

async function hashExtents(hash: Hash, path: string, size: number, extents: readonly Extent[]): Promise<void> {
  const file = await open(path, "r");
  try {
    let done = 0;
    for (const { start, length } of extents) {
      // Whole blocks, wherever an extent begins; one that two extents share counts once.
      const from = Math.max(done, start - (start % BLOCK_BYTES));
      done = Math.min(size, Math.max(from, Math.ceil((start + length) / BLOCK_BYTES) * BLOCK_BYTES));
      await hashRange(hash, file, from, done);
    }
  } finally {
    await file.close();
  }
}

async function hashRange(hash: Hash, file: FileHandle, from: number, to: number): Promise<void> {
  const buffer = Buffer.allocUnsafe(Math.min(READ_BYTES, Math.max(to - from, 0)));
  for (let at = from; at < to; ) {
    const { bytesRead } = await file.read(buffer, 0, Math.min(buffer.length, to - at), at);
    if (bytesRead === 0) return;
    for (let offset = 0; offset < bytesRead; offset += BLOCK_BYTES) {
      const block = buffer.subarray(offset, Math.min(offset + BLOCK_BYTES, bytesRead));
      if (block.equals(ZEROS.subarray(0, block.length))) continue;
      hash.update(`${at + offset}\0`).update(block);
    }
    at += bytesRead;
  }
}
