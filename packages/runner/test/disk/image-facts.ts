import { lstat, mkdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import type { CommandRunner } from "@dibkit/exec";

interface PartitionTable {
  readonly partitions: readonly { readonly start: number; readonly size: number }[];
}

interface Reader {
  readonly commands: CommandRunner;
  /** Directory for files of the reader's own. */
  readonly scratch: string;
}

/**
 * What a raw image is: its table, its boot code, and by partition labels, UUIDs and every file. Needs root, because the
 * kernel reads the filesystems.
 */
export async function imageFacts(image: string, scratch: string, commands: CommandRunner): Promise<unknown> {
  const reader = { commands, scratch };
  const dump = await commands.run(["sfdisk", "--json", image]);
  const report = dump.ok ? JSON.parse(dump.value.stdout.replaceAll(image, "IMAGE")) : {};
  const { partitiontable: table } = report as { readonly partitiontable?: PartitionTable };
  const whole = { start: 0, size: (await lstat(image)).size / 512 };
  const parts: unknown[] = [];
  for (const { start, size } of table?.partitions ?? [whole]) {
    const file = join(scratch, "partition");
    const dd = [`if=${image}`, `of=${file}`, "bs=512", `skip=${start}`, `count=${size}`, "conv=sparse", "status=none"];
    await tool(reader, "dd", ...dd);
    parts.push(await partitionFacts(file, reader));
    await rm(file);
  }
  return { table, boot: (await readFile(image)).subarray(0, 16).toString("latin1"), parts };
}

async function partitionFacts(file: string, reader: Reader): Promise<unknown> {
  const found = await reader.commands.run(["blkid", "-p", "-o", "export", file]);
  const identity = found.ok ? found.value.stdout.replace(/^DEVNAME=.*\n/, "") : "";
  const type = /^TYPE=(.*)$/m.exec(identity)?.[1] ?? "";
  const files = type.startsWith("ext") ? await extFiles(file, reader) : await fatFiles(file, type, reader);
  return { identity, files };
}

async function extFiles(file: string, reader: Reader): Promise<unknown> {
  await tool(reader, "e2fsck", "-fn", file);
  const at = join(reader.scratch, "mounted");
  await mkdir(at, { recursive: true });
  await mountImage(file, at, reader);
  try {
    const format = "%P %y %m %U:%G %n %s %Ts %l\\n";
    const listed = await tool(reader, "sh", "-c", 'cd "$1" && find . -printf "$2" | sort', "sh", at, format);
    // The size of a directory is how it is stored; mount points, and what mkfs makes, have the time of their making.
    const files = listed
      .split("\n")
      .map((line) => line.replace(/^(.*) d (\d+ \S+ \d+) \d+ (\d+)/, "$1 d $2 - $3"))
      .filter((line) => !/^(lost\+found|etc|srv|boot\/efi) d /.test(line));
    const tar = ["tar", "-C", at, "--sort=name", "--mtime=@0", "--numeric-owner", "--xattrs", "--xattrs-include=*"];
    tar.push("--pax-option=exthdr.name=%d/%f,delete=atime,delete=ctime");
    const hash = await tool(reader, "sh", "-c", '"$@" -cf - . | sha256sum', "sh", ...tar);
    const flags = await tool(reader, "sh", "-c", 'cd "$1" && lsattr -d etc/motd motd 2>/dev/null || :', "sh", at);
    return { files, hash, flags };
  } finally {
    await tool(reader, "umount", at);
  }
}

/** Another process may take the loop device that the mount has just found, hence the attempts. */
async function mountImage(file: string, at: string, reader: Reader, attempts = 5): Promise<void> {
  const mounted = await reader.commands.run(["mount", "-o", "loop,ro", file, at]);
  if (!mounted.ok && attempts > 1) return mountImage(file, at, reader, attempts - 1);
  if (!mounted.ok) throw new Error(`mount ${file}: ${mounted.error.tail.join("\n")}`);
}

async function fatFiles(file: string, type: string, reader: Reader): Promise<unknown> {
  if (type !== "vfat") return undefined;
  await tool(reader, "fsck.vfat", "-n", file);
  return (await tool(reader, "mdir", "-i", file, "-/", "::/")).replaceAll(/^(\S+ +<DIR>).*$/gm, "$1");
}

async function tool({ commands }: Reader, ...argv: readonly string[]): Promise<string> {
  const done = await commands.run(argv);
  if (!done.ok) throw new Error(`${argv.join(" ")}: ${done.error.tail.join("\n")}`);
  return done.value.stdout;
}
