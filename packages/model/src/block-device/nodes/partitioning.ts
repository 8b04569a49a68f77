import type { BlockDeviceEntry } from "../block-device-entry.js";
import type { PartitionTableNode, PlannedPartition } from "../disk-plan.js";
import type { Report } from "../finding.js";
import { defineNodeKind, type GraphNode, needOfBase, type PlanContext } from "../node-kind.js";
import { layOutGpt, layOutMbr, MBR_SECTOR, type PartitionRequest, type PlacedPartition } from "../partition-layout.js";
import { formatSize, parseRelativeSize, parseSize } from "../size.js";

interface PartitionValues {
  readonly name: string;
  readonly size: string;
  readonly type?: string | number;
  readonly flags?: readonly string[];
}

interface TableKind {
  readonly defaultType: string;
  readonly place: (
    bytes: number,
    alignment: number,
    requests: readonly PartitionRequest[],
  ) => readonly PlacedPartition[];
  readonly check: (entry: BlockDeviceEntry, partitions: readonly PartitionValues[], report: Report) => void;
}

const partitionsOf = (entry: BlockDeviceEntry) => entry.values.partitions as readonly PartitionValues[];
const isPrimary = (partition: PartitionValues) => partition.flags?.includes("primary") ?? false;

const TABLE_KINDS: Readonly<Record<string, TableKind>> = {
  mbr: { defaultType: "0x83", place: layOutMbr, check: checkMbr },
  gpt: { defaultType: "8300", place: (bytes, _, requests) => layOutGpt(bytes, requests), check: checkGpt },
};

export default defineNodeKind({
  kind: "partitioning",
  summary: "a partition table and its partitions",
  fields: {
    base: { takes: "text", required: true, summary: "the disk" },
    name: { takes: "text", summary: "unused" },
    label: { takes: "text", required: true, values: Object.keys(TABLE_KINDS), summary: "mbr or gpt" },
    align: { takes: "size", summary: "where partitions may begin (MBR); 1MiB when missing" },
    partitions: {
      takes: "entries",
      required: true,
      summary: "the partitions, in order",
      fields: {
        name: { takes: "text", required: true, summary: "name of the partition" },
        base: { takes: "text", summary: "the disk; taken from the table" },
        size: { takes: "relative-size", required: true, summary: "a size, or a share of what is free such as 100%" },
        type: { takes: "text-or-number", summary: "partition type: '0x83' style for MBR, sgdisk's code for GPT" },
        flags: { takes: "texts", values: ["boot", "primary"], summary: "boot and primary" },
      },
    },
  },
  check: (entry, report) => tableKind(entry).check(entry, partitionsOf(entry), report),
  nodes(entry) {
    // Every partition comes after the one before it, so the table is written when the first is due.
    return partitionsOf(entry).map((partition, index): GraphNode => {
      const previous = partitionsOf(entry)[index - 1];
      const location = entry.locate(["partitions", index, "name"]);
      return {
        name: partition.name,
        role: "partition",
        words: `partition "${partition.name}"`,
        location,
        after: [...needOfBase(entry, ["disk"]), ...(previous === undefined ? [] : [{ name: previous.name, location }])],
        plan: (context) => planPartition(entry, index, context),
      };
    });
  },
});

function tableKind(entry: BlockDeviceEntry): TableKind {
  return TABLE_KINDS[String(entry.values.label)] as TableKind;
}

function planPartition(entry: BlockDeviceEntry, index: number, context: PlanContext) {
  const base = String(entry.values.base);
  const table = planTable(entry, base, context);
  const { name, number } = table.partitions[index] as PlannedPartition;
  const partition = { kind: "partition", name, base, number } as const;
  if (index > 0) return [partition];
  checkSpace(entry, table, context);
  return [table, partition];
}

function planTable(entry: BlockDeviceEntry, base: string, { diskBytes, uuidOf }: PlanContext): PartitionTableNode {
  const kind = tableKind(entry);
  const bytes = diskBytes(base);
  const alignment = parseSize(String(entry.values.align ?? "1MiB")) as number;
  const requests = partitionsOf(entry).map((partition) => ({
    primary: isPrimary(partition),
    bytesOf: (free: number) => parseRelativeSize(partition.size, free) as number,
  }));
  const placed = kind.place(bytes ?? 0, alignment, requests);
  const partitions = partitionsOf(entry).map((partition, index): PlannedPartition => {
    const place = placed[index] as PlacedPartition;
    return {
      name: partition.name,
      number: place.number,
      type: String(partition.type ?? kind.defaultType),
      bootable: partition.flags?.includes("boot") ?? false,
      primary: isPrimary(partition),
      start: bytes === undefined ? null : place.start,
      bytes: bytes === undefined ? null : place.bytes,
      uuid: uuidOf(`partition ${partition.name}`),
    };
  });
  const uuid = uuidOf(`table ${base}`);
  const label = String(entry.values.label);
  return { kind: "partition-table", name: entry.name, base, label, alignment, uuid, partitions };
}

function checkSpace(entry: BlockDeviceEntry, table: PartitionTableNode, context: PlanContext): void {
  const { diskBytes, report } = context;
  const bytes = diskBytes(table.base);
  const requests = partitionsOf(entry).map((partition) => ({
    primary: isPrimary(partition),
    bytesOf: (free: number) => parseRelativeSize(partition.size, free) as number,
  }));
  if (bytes !== undefined) {
    const placed = tableKind(entry).place(bytes, table.alignment, requests);
    const outside = placed.findIndex((place) => place.end > bytes || place.bytes <= 0);
    if (outside !== -1) {
      const { name, size } = partitionsOf(entry)[outside] as PartitionValues;
      report(
        "does-not-fit",
        `partition "${name}" of ${size} does not fit on disk "${table.base}" of ${formatSize(bytes)}`,
        entry.locate(["partitions", outside, "size"]),
        { help: "make the partitions smaller, or the image larger with --image-size" },
      );
    }
  }
  if (table.label === "mbr" && context.blockSize(table.base) !== MBR_SECTOR) {
    const size = context.blockSize(table.base);
    report(
      "mbr-block-size",
      `an mbr table counts sectors of 512 bytes but disk "${table.base}" has sectors of ${size}`,
      entry.locate(["label"]),
      { help: "use label gpt, or block size 512", severity: "warning" },
    );
  }
}

function checkMbr(entry: BlockDeviceEntry, partitions: readonly PartitionValues[], report: Report): void {
  let logical: string | undefined;
  for (const [index, partition] of partitions.entries()) {
    const at = ["partitions", index];
    if (!isPrimary(partition)) logical ??= partition.name;
    else if (logical !== undefined) {
      report(
        "partition-order",
        `primary partition "${partition.name}" comes after the logical partition "${logical}"`,
        entry.locate([...at, "flags"]),
        { help: "list all primary partitions first" },
      );
    }
    const { type } = partition;
    if (typeof type === "number") {
      const writtenAt = entry.locate([...at, "type"]);
      const written = writtenAt.source.text.slice(writtenAt.start, writtenAt.end);
      // Upstream takes the digits for hexadecimal ones, whatever they look like.
      const meant = isMbrType(written) ? written : `0x${type.toString(16)}`;
      const message = `type of partition "${partition.name}" is a number but must be text`;
      report("wrong-type", message, writtenAt, { help: `quote it: '${meant}'` });
    } else if (type !== undefined && !isMbrType(String(type))) {
      report(
        "bad-value",
        `type "${type}" of partition "${partition.name}" is not a hexadecimal number from 0x00 to 0xff`,
        entry.locate([...at, "type"]),
      );
    }
  }
  const primaries = partitions.filter(isPrimary).length;
  const most = primaries < partitions.length ? 3 : 4;
  if (primaries > most) {
    report(
      "does-not-fit",
      `an mbr table holds ${most} primary partitions${most === 3 ? " beside logical ones" : ""} but ${primaries} are wanted`,
      entry.locate(["partitions"]),
      { help: "leave out the flag primary, or use label gpt" },
    );
  }
}

function isMbrType(text: string): boolean {
  return /^\s*(0x)?[0-9a-f]{1,2}\s*$/i.test(text);
}

function checkGpt(entry: BlockDeviceEntry, partitions: readonly PartitionValues[], report: Report): void {
  for (const [index, partition] of partitions.entries()) {
    if (isPrimary(partition)) {
      report(
        "bad-value",
        `partition "${partition.name}" has the flag primary, which a gpt table does not know`,
        entry.locate(["partitions", index, "flags"]),
        { help: "remove the flag" },
      );
    }
    const writtenAt = entry.locate(["partitions", index, "type"]);
    const written = writtenAt.source.text.slice(writtenAt.start, writtenAt.end);
    if (typeof partition.type === "number" && written !== String(partition.type)) {
      report(
        "wrong-type",
        `type ${written} of partition "${partition.name}" is read as the number ${partition.type}`,
        writtenAt,
        { help: `quote it: '${written}'` },
      );
    }
  }
}
