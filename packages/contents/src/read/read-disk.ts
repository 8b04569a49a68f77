import { stat } from "node:fs/promises";
import type { CommandRunner } from "@dibkit/exec";

/** A raw disk image as tools that are not dibkit's describe it: values by name. */
export interface DiskSnapshot {
  readonly partitions: ReadonlyMap<string, string>;
  readonly filesystems: ReadonlyMap<string, string>;
}

interface SfdiskReport {
  readonly partitiontable: {
    readonly label: string;
    readonly sectorsize: number;
    readonly partitions?: readonly {
      readonly start: number;
      readonly size: number;
      readonly type: string;
      readonly name?: string;
      readonly bootable?: boolean;
      readonly attrs?: string;
    }[];
  };
}

/** Of what `dumpe2fs -h` prints, the lines that mkfs options decide. */
const EXT_FIELDS = [
  "Filesystem features",
  "Filesystem flags",
  "Default mount options",
  "Errors behavior",
  "Inode count",
  "Block count",
  "Block size",
  "Inode size",
  "Total journal size",
  "Journal features",
  "Reserved GDT blocks",
  "Default directory hash",
];

/** Reads the partition table with sfdisk and each filesystem with blkid, ext ones with dumpe2fs too. */
export async function readDisk(image: string, commands: CommandRunner): Promise<DiskSnapshot> {
  const bytes = (await stat(image)).size;
  const partitions = new Map([["disk size", String(bytes)]]);
  const filesystems = new Map<string, string>();
  const listed = await commands.run(["sfdisk", "--json", image]);
  const table = listed.ok ? (JSON.parse(listed.value.stdout) as SfdiskReport).partitiontable : undefined;
  if (table === undefined) {
    await readFilesystem({ name: "disk", offset: 0, size: bytes }, image, filesystems, commands);
    return { partitions, filesystems };
  }
  partitions.set("table label", table.label);
  partitions.set("table sector size", String(table.sectorsize));
  for (const [index, partition] of (table.partitions ?? []).entries()) {
    const name = `partition ${index + 1}`;
    const { start, size, type } = partition;
    partitions.set(`${name} start`, String(start));
    partitions.set(`${name} size`, String(size));
    partitions.set(`${name} type`, type);
    partitions.set(`${name} name`, partition.name ?? "");
    partitions.set(`${name} flags`, [partition.bootable ? "bootable" : "", partition.attrs ?? ""].join(" ").trim());
    const volume = { name, offset: start * table.sectorsize, size: size * table.sectorsize };
    await readFilesystem(volume, image, filesystems, commands);
  }
  return { partitions, filesystems };
}

interface Volume {
  readonly name: string;
  readonly offset: number;
  readonly size: number;
}

async function readFilesystem(
  { name, offset, size }: Volume,
  image: string,
  found: Map<string, string>,
  commands: CommandRunner,
): Promise<void> {
  const probed = await commands.run([
    ...["blkid", "--probe", "--offset", String(offset), "--size", String(size), "--output", "export", image],
  ]);
  if (!probed.ok) return;
  const values = new Map(
    probed.value.stdout.split("\n").flatMap((line) => {
      const [key, ...rest] = line.split("=");
      return key === undefined || rest.length === 0 || key === "DEVNAME" ? [] : [[key, rest.join("=")] as const];
    }),
  );
  for (const [key, value] of values) found.set(`${name} ${key}`, value);
  if (!/^ext[234]$/.test(values.get("TYPE") ?? "")) return;
  const dumped = await commands.run(["dumpe2fs", "-h", `${image}?offset=${offset}`]);
  if (!dumped.ok) return;
  for (const line of dumped.value.stdout.split("\n")) {
    const [key = "", value = ""] = line.split(/:\s+/);
    if (EXT_FIELDS.includes(key)) found.set(`${name} ${key.toLowerCase()}`, value.trim());
  }
}
