import { open } from "node:fs/promises";
import type { CommandRunner } from "@dibkit/exec";
import { compareExtended } from "./compare-extended.js";
import { isSameFile } from "./compare-formats.js";
import type { DiskDifference } from "./verify-report.js";

const CHUNK = 1024 * 1024;
/** The smallest block of the filesystems there are. */
const BLOCK = 1024;

interface Volume {
  readonly name: string;
  /** In bytes. */
  readonly start: number;
  readonly end: number;
  readonly type: string;
}

/** What differs between two raw images, besides the files that are compared on their own. */
export async function compareDiskFiles(
  one: string,
  other: string,
  commands: CommandRunner,
): Promise<readonly DiskDifference[]> {
  if (await isSameFile(one, other, commands)) return [];
  const blocks = await differingBlocks(one, other);
  if (blocks === undefined) return [{ where: "disk", what: "the images are not of the same size" }];
  const volumes = await volumesOf(one, commands);
  const found: DiskDifference[] = [];
  for (const volume of volumes) {
    const inside = blocks.filter((block) => block >= volume.start && block < volume.end);
    if (inside.length === 0) continue;
    const where = `${volume.name}${volume.type === "" ? "" : ` (${volume.type})`}`;
    const what = /^ext[234]$/.test(volume.type)
      ? await compareExtended([one, other], volume.start, inside, commands)
      : [`${inside.length} blocks of ${BLOCK} bytes, the first at byte ${inside[0]}`];
    found.push(...what.map((text) => ({ where, what: text })));
  }
  const outside = blocks.filter((block) => !volumes.some(({ start, end }) => block >= start && block < end));
  if (outside.length > 0) {
    const where = "outside the partitions (table, boot loader)";
    const shown = outside.slice(0, 8).join(", ");
    found.push({
      where,
      what: `${outside.length} blocks of ${BLOCK} bytes, at ${shown}${outside.length > 8 ? ", …" : ""}`,
    });
  }
  return found;
}

/** Offsets of the blocks that differ; undefined when the files are not of the same size. */
async function differingBlocks(one: string, other: string): Promise<readonly number[] | undefined> {
  const files = await Promise.all([open(one), open(other)]);
  try {
    const [before, after] = files;
    const { size } = await before.stat();
    if ((await after.stat()).size !== size) return undefined;
    const buffers = [Buffer.alloc(CHUNK), Buffer.alloc(CHUNK)] as const;
    const blocks: number[] = [];
    for (let at = 0; at < size; at += CHUNK) {
      const length = Math.min(CHUNK, size - at);
      await Promise.all(files.map((file, index) => file.read(buffers[index] as Buffer, 0, length, at)));
      const [a, b] = buffers.map((buffer) => buffer.subarray(0, length)) as [Buffer, Buffer];
      if (a.equals(b)) continue;
      for (let block = 0; block < length; block += BLOCK) {
        if (!a.subarray(block, block + BLOCK).equals(b.subarray(block, block + BLOCK))) blocks.push(at + block);
      }
    }
    return blocks;
  } finally {
    for (const file of files) await file.close();
  }
}

interface PartitionTable {
  readonly partitiontable: {
    readonly sectorsize?: number;
    readonly partitions?: readonly { readonly start: number; readonly size: number; readonly type: string }[];
  };
}

/** The partitions of a disk, or the whole of it when it has none. */
async function volumesOf(image: string, commands: CommandRunner): Promise<readonly Volume[]> {
  const listed = await commands.run(["sfdisk", "--json", image]);
  const typeAt = async (start: number) => {
    const probed = await commands.run(["blkid", "--probe", "--offset", String(start), "--output", "export", image]);
    return probed.ok ? (/^TYPE=(.*)$/m.exec(probed.value.stdout)?.[1] ?? "") : "";
  };
  if (!listed.ok) return [{ name: "disk", start: 0, end: Number.POSITIVE_INFINITY, type: await typeAt(0) }];
  const { sectorsize = 512, partitions = [] } = (JSON.parse(listed.value.stdout) as PartitionTable).partitiontable;
  const volumes: Volume[] = [];
  for (const [index, { start, size, type }] of partitions.entries()) {
    // The extended partition of an MBR only holds others.
    if (/^(0x)?0?[5f]$/i.test(type)) continue;
    const at = start * sectorsize;
    const end = at + size * sectorsize;
    volumes.push({ name: `partition ${index + 1}`, start: at, end, type: await typeAt(at) });
  }
  return volumes;
}
