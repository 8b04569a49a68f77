import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type CommandRunner, describeFailure } from "@dibkit/exec";
import { err, ok, type Result } from "@dibkit/model";
import { archiveContents } from "./archive-contents.js";
import type { ImageContents, ImageFile } from "./image-contents.js";
import { walkTree } from "./walk-tree.js";

/** Reads the finished image in a file and gives its contents to `use`; what was unpacked is removed afterwards. */
export async function withImageFile<T>(
  path: string,
  commands: CommandRunner,
  use: (contents: ImageContents) => Promise<T>,
): Promise<Result<T, string>> {
  if (!existsSync(path)) return err(`there is no file "${path}"`);
  const scratch = await mkdtemp(join(tmpdir(), "dibkit-inspect-"));
  try {
    const contents = await readImageFile(path, scratch, commands);
    return contents.ok ? ok(await use(contents.value)) : contents;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

type Reading = Promise<Result<ImageContents, string>>;

async function readImageFile(path: string, scratch: string, commands: CommandRunner): Reading {
  if (path.endsWith(".tar")) return ok(await archiveContents(path, path));
  if (/\.(tgz|tar\.gz)$/.test(path)) {
    const archive = join(scratch, "image.tar");
    const unpacked = await commands.run(["gzip", "-dc", "--", path], { outputFile: archive });
    return unpacked.ok ? ok(await archiveContents(path, archive)) : err(describeFailure(unpacked.error));
  }
  if (/\.(qcow2|vmdk|vdi|vhd|vhdx|raw|img)$/.test(path)) return readDiskImage(path, scratch, commands);
  return err(`"${path}" is none of tar, tgz, raw, qcow2, vmdk, vdi, vhd and vhdx by its name`);
}

/** No mount and no loop device: QEMU's tool makes it raw, and e2fsprogs copies the files of its ext filesystem out. */
async function readDiskImage(path: string, scratch: string, commands: CommandRunner): Reading {
  let raw = path;
  if (!/\.(raw|img)$/.test(path)) {
    raw = join(scratch, "image.raw");
    const converted = await commands.run(["qemu-img", "convert", "-O", "raw", "--", path, raw]);
    if (!converted.ok) return err(`${describeFailure(converted.error)}: ${converted.error.tail.at(-1) ?? ""}`);
  }
  const tree = join(scratch, "root");
  await mkdir(tree);
  for (const offset of await filesystemOffsets(raw, commands)) {
    const at = `${raw}?offset=${offset}`;
    const etc = await commands.run(["debugfs", "-R", "stat /etc", at]);
    if (!etc.ok || !etc.value.stdout.includes("Type: directory")) continue;
    const dumped = await commands.run(["debugfs", "-R", `rdump / ${tree}`, at]);
    if (!dumped.ok) return err(`${describeFailure(dumped.error)}: ${dumped.error.tail.at(-1) ?? ""}`);
    const files = new Map<string, ImageFile>();
    for (const { path: found, file } of walkTree(tree)) if (file !== undefined) files.set(found, file);
    return ok({ name: path, files, texts: new Map() });
  }
  return err(`no ext2, ext3 or ext4 filesystem with an /etc was found in "${path}"`);
}

interface PartitionTable {
  readonly partitiontable: {
    readonly sectorsize?: number;
    readonly partitions?: readonly { readonly start: number }[];
  };
}

/** Bytes at which filesystems may begin: each partition, or the whole disk when it has no partitions. */
async function filesystemOffsets(raw: string, commands: CommandRunner): Promise<readonly number[]> {
  const listed = await commands.run(["sfdisk", "--json", raw]);
  if (!listed.ok) return [0];
  const { sectorsize = 512, partitions = [] } = (JSON.parse(listed.value.stdout) as PartitionTable).partitiontable;
  return partitions.map(({ start }) => start * sectorsize);
}
