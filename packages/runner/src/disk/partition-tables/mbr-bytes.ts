import type { PartitionTableNode, PlannedPartition } from "@dibkit/model";

/** Bytes to be written at an offset of the disk. */
export interface Patch {
  readonly offset: number;
  readonly bytes: Uint8Array;
}

const SECTOR = 512;
const SIGNATURE_OFFSET = 510;
const DISK_ID_OFFSET = 440;
const ENTRIES_OFFSET = 446;
const EXTENDED_CHS = 0x05;
const EXTENDED_LBA = 0x0f;

// The largest geometry there is, so that it stays right when the disk grows.
const HEADS = 254;
const SECTORS = 63;
const CYLINDERS = 1023;

/**
 * An MBR partition table as upstream writes it (level1/mbr.py): logical partitions hang in a chain of extended boot
 * records, each one alignment before its partition. Only these bytes are written, so boot code around them survives.
 */
export function mbrPatches(table: PartitionTableNode, diskBytes: number, diskId: number): readonly Patch[] {
  const step = Math.max(1, Math.floor(table.alignment / SECTOR));
  const align = (sector: number) => Math.ceil(sector / step) * step;
  const diskSectors = Math.floor(diskBytes / SECTOR);
  const patches: Patch[] = [{ offset: DISK_ID_OFFSET, bytes: littleEndian(diskId) }, signature(0)];
  const logical = table.partitions.filter(({ primary }) => !primary);
  const primary = table.partitions.filter((partition) => partition.primary);
  for (const [index, partition] of primary.entries()) {
    patches.push(entry(0, index, partition.bootable, typeOf(partition), startOf(partition), lengthOf(partition)));
  }
  const extended = logical[0] === undefined ? 0 : startOf(logical[0]) - step;
  let previous: number | undefined;
  for (const partition of logical) {
    const record = startOf(partition) - step;
    if (previous === undefined) {
      patches.push(entry(0, primary.length, false, EXTENDED_LBA, extended, diskSectors - extended));
    } else {
      const end = align(startOf(partition) + lengthOf(partition));
      patches.push(entry(previous, 1, false, EXTENDED_CHS, record - extended, end - record));
    }
    patches.push(entry(record, 0, partition.bootable, typeOf(partition), step, lengthOf(partition)), signature(record));
    previous = record;
  }
  return patches;
}

const typeOf = (partition: PlannedPartition) => Number.parseInt(partition.type, 16);
const lengthOf = (partition: PlannedPartition) => Math.floor((partition.bytes ?? 0) / SECTOR);

function startOf(partition: PlannedPartition): number {
  if (partition.start === null) throw new Error(`partition "${partition.name}" was planned without a disk size`);
  return partition.start;
}

function signature(sector: number): Patch {
  return { offset: sector * SECTOR + SIGNATURE_OFFSET, bytes: Uint8Array.of(0x55, 0xaa) };
}

function entry(sector: number, index: number, boot: boolean, type: number, start: number, length: number): Patch {
  const bytes = [
    boot ? 0x80 : 0,
    ...geometryOf(start),
    type,
    ...geometryOf(start + length),
    ...littleEndian(start),
    ...littleEndian(length),
  ];
  return { offset: sector * SECTOR + ENTRIES_OFFSET + 16 * index, bytes: Uint8Array.from(bytes) };
}

/** Cylinder, head and sector of a block. Nothing reads them today; upstream's bytes are kept, its shift included. */
function geometryOf(block: number): readonly number[] {
  const beyond = block > HEADS * SECTORS * CYLINDERS;
  const cylinder = beyond ? CYLINDERS : Math.floor(block / (HEADS * SECTORS));
  const head = beyond ? HEADS : Math.floor(block / SECTORS) % HEADS;
  const sector = beyond ? SECTORS : (block % SECTORS) + 1;
  return [head, sector | Math.floor(cylinder / 4), cylinder % 256];
}

function littleEndian(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value, true);
  return bytes;
}
