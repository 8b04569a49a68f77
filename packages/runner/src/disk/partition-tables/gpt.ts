import type { PartitionTableNode } from "@dibkit/model";
import { definePartitionTable } from "./partition-table.js";

const MIB = 1024 * 1024;

/** Arguments of sgdisk that upstream would give (level1/partitioning.py), and UUIDs when they are to be repeatable. */
export function sgdiskArguments(table: PartitionTableNode): readonly string[] {
  return [
    ...(table.uuid === null ? [] : ["-U", table.uuid]),
    ...table.partitions.flatMap(({ number, bytes, type, name, uuid }) => [
      "-n",
      `${number}:0:+${Math.floor((bytes ?? 0) / MIB)}M`,
      "-t",
      `${number}:${type}`,
      "-c",
      `${number}:${name}`,
      ...(uuid === null ? [] : ["-u", `${number}:${uuid}`]),
    ]),
  ];
}

export default definePartitionTable({
  label: "gpt",
  tools: [{ program: "sgdisk", debianPackage: "gdisk", purpose: "write GPT partition tables" }],
  // Sectors other than 512 bytes exist only on the loop device, so sgdisk must see that and not the file.
  write: (table, imagePath, device, { blockSizes, run }) =>
    run(table.name, [
      "sgdisk",
      (blockSizes.get(table.base) ?? 512) === 512 ? imagePath : device,
      ...sgdiskArguments(table),
    ]),
});
