/** A partition as configured: how large, and its part in the table. */
export interface PartitionRequest {
  readonly primary: boolean;
  /** Bytes wanted when `free` bytes are left. */
  readonly bytesOf: (free: number) => number;
}

export interface PlacedPartition {
  readonly number: number;
  /** First sector, or null where sgdisk decides. */
  readonly start: number | null;
  readonly bytes: number;
  /** First byte after the partition. */
  readonly end: number;
}

/** MBR tables are always written for sectors of 512 bytes, as upstream does (level1/mbr.py). */
export const MBR_SECTOR = 512;

/** GPT partitions are whole MiB, and this much of the disk is left for the tables and rounding, as upstream does. */
const GPT_UNIT = 1024 * 1024;
const GPT_RESERVE = 2 * GPT_UNIT;

/**
 * Where MBR partitions go: each begins at a multiple of `alignment`; one behind a table of its own (logical) begins one
 * alignment later. Logical partitions are numbered from 5. A relative size is a share of what is then free.
 */
export function layOutMbr(
  diskBytes: number,
  alignment: number,
  requests: readonly PartitionRequest[],
): readonly PlacedPartition[] {
  const step = Math.max(1, Math.floor(alignment / MBR_SECTOR));
  const align = (sector: number) => Math.ceil(sector / step) * step;
  let next = align(1);
  let number = 0;
  let logical = false;
  return requests.map((request) => {
    const free = diskBytes - (next + align(1)) * MBR_SECTOR;
    const bytes = request.bytesOf(free);
    if (!request.primary && !logical) {
      logical = true;
      number = 4;
    }
    number += 1;
    const start = request.primary ? align(next) : align(next + 1);
    const sectors = Math.floor(bytes / MBR_SECTOR);
    next = align(start + sectors);
    return { number, start, bytes: sectors * MBR_SECTOR, end: (start + sectors) * MBR_SECTOR };
  });
}

/** Sizes of GPT partitions in whole MiB, one behind the other; sgdisk places them. */
export function layOutGpt(diskBytes: number, requests: readonly PartitionRequest[]): readonly PlacedPartition[] {
  let free = diskBytes - GPT_RESERVE;
  let used = GPT_UNIT;
  return requests.map((request, index) => {
    const wanted = request.bytesOf(free);
    const bytes = Math.floor(wanted / GPT_UNIT) * GPT_UNIT;
    free -= wanted;
    used += bytes;
    return { number: index + 1, start: null, bytes, end: used + (free < 0 ? diskBytes : 0) };
  });
}
