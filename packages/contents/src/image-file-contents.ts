import { existsSync } from "node:fs";
import { access, chmod, constants, lstat, mkdir, mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type CommandFailure, type CommandRunner, describeFailure, findProgram } from "@dibkit/exec";
import { err, ok, type Result } from "@dibkit/model";
import { archiveContents } from "./archive-contents.js";
import type { ImageContents, ImageFile } from "./image-contents.js";
import { diskInodes, type InodeFacts } from "./read/disk-inodes.js";
import { walkTree } from "./walk-tree.js";

/** Why an image file cannot be looked into; `help` when something else than another image is the remedy. */
export interface UnreadableImage {
  readonly message: string;
  readonly help?: string;
}

/**
 * Reads the finished image in a file and gives its contents to `use`; what was unpacked is removed afterwards. Throws
 * what the operating system says of a file that may not be read.
 */
export async function withImageFile<T>(
  path: string,
  commands: CommandRunner,
  use: (contents: ImageContents) => Promise<T>,
): Promise<Result<T, UnreadableImage>> {
  if (!existsSync(path)) return unreadable(`there is no file "${path}"`);
  await access(path, constants.R_OK);
  const found = await stat(path);
  if (!found.isFile()) return unreadable(`"${path}" is no image file`);
  if (found.size === 0) return unreadable(`"${path}" is empty`);
  const scratch = await mkdtemp(join(tmpdir(), "dibkit-inspect-"));
  try {
    const contents = await readImageFile(path, scratch, commands);
    return contents.ok ? ok(await use(contents.value)) : contents;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/**
 * Reads the finished image in a file, with the content of every file in the caller's empty directory `scratch`: what was
 * read can be looked into until the caller removes it. Throws what the operating system says of a file that may not be
 * read.
 */
export async function unpackImageFile(path: string, scratch: string, commands: CommandRunner): Reading {
  if (!existsSync(path)) return unreadable(`there is no file "${path}"`);
  await access(path, constants.R_OK);
  if ((await stat(path)).size === 0) return unreadable(`"${path}" is empty`);
  const contentsIn = join(scratch, "contents");
  await mkdir(contentsIn);
  const contents = await readImageFile(path, scratch, commands, contentsIn);
  // What lay between the image and its files is as large as the image, and of no more use.
  for (const between of ["image.raw", "image.tar"]) await rm(join(scratch, between), { force: true });
  return contents;
}

type Reading = Promise<Result<ImageContents, UnreadableImage>>;

function unreadable(message: string, help?: string): Result<never, UnreadableImage> {
  return err({ message, ...(help === undefined ? {} : { help }) });
}

function failedProgram(failure: CommandFailure): Result<never, UnreadableImage> {
  return unreadable(`${describeFailure(failure)}: ${failure.tail.at(-1) ?? ""}`);
}

/** What reads disk images, and the Debian package each program is in. */
const PROGRAMS = { "qemu-img": "qemu-utils", sfdisk: "fdisk", debugfs: "e2fsprogs" } as const;
type Program = keyof typeof PROGRAMS;

/** Some of them are in the administrator's directories, which an ordinary user's PATH leaves out. */
function pathsOf(programs: readonly Program[]): Result<Readonly<Record<Program, string>>, UnreadableImage> {
  const paths: Record<string, string> = {};
  for (const program of programs) {
    const path = findProgram(program, process.env);
    if (path === undefined) {
      const message = `program "${program}" was not found, which is needed to read disk images`;
      return unreadable(message, `install the package ${PROGRAMS[program]}`);
    }
    paths[program] = path;
  }
  return ok(paths as Record<Program, string>);
}

async function readImageFile(path: string, scratch: string, commands: CommandRunner, contentsIn?: string): Reading {
  if (path.endsWith(".tar")) return readArchive(path, path, contentsIn);
  if (/\.(tgz|tar\.gz)$/.test(path)) {
    const archive = join(scratch, "image.tar");
    const unpacked = await commands.run(["gzip", "-dc", "--", path], { outputFile: archive });
    if (unpacked.ok) return readArchive(path, archive, contentsIn);
    return unpacked.error.kind === "exited"
      ? unreadable(`"${path}" is not what gzip writes, or it is not whole`)
      : unreadable(describeFailure(unpacked.error));
  }
  if (/\.(qcow2|vmdk|vdi|vhd|vhdx|raw|img)$/.test(path)) return readDiskImage(path, scratch, commands);
  return unreadable(`"${path}" is none of tar, tgz, raw, qcow2, vmdk, vdi, vhd and vhdx by its name`);
}

/** What the reader of archives says of bytes that are none, or not all of one. */
const NO_ARCHIVE = /^(Invalid tar header|Unexpected end of data)/;

async function readArchive(path: string, archive: string, contentsIn?: string): Reading {
  try {
    const contents = await archiveContents(path, archive, contentsIn);
    return contents.files.size > 0 ? ok(contents) : unreadable(`"${path}" has no files`);
  } catch (error) {
    if (!(error instanceof Error && NO_ARCHIVE.test(error.message))) throw error;
    return unreadable(`"${path}" is not a tar archive, or it is not whole`);
  }
}

/** No mount and no loop device: QEMU's tool makes it raw, and e2fsprogs copies the files of its ext filesystem out. */
async function readDiskImage(path: string, scratch: string, commands: CommandRunner): Reading {
  let raw = path;
  const isRaw = /\.(raw|img)$/.test(path);
  const programs = pathsOf(isRaw ? ["sfdisk", "debugfs"] : ["qemu-img", "sfdisk", "debugfs"]);
  if (!programs.ok) return programs;
  const { debugfs, sfdisk } = programs.value;
  if (!isRaw) {
    raw = join(scratch, "image.raw");
    const converted = await commands.run([programs.value["qemu-img"], "convert", "-O", "raw", "--", path, raw]);
    if (!converted.ok) return failedProgram(converted.error);
  }
  const tree = join(scratch, "root");
  await mkdir(tree);
  for (const offset of await filesystemOffsets(raw, sfdisk, commands)) {
    const at = `${raw}?offset=${offset}`;
    const etc = await commands.run([debugfs, "-R", "stat /etc", at]);
    if (!etc.ok || !etc.value.stdout.includes("Type: directory")) continue;
    const dumped = await commands.run([debugfs, "-R", `rdump / ${tree}`, at]);
    if (!dumped.ok) return failedProgram(dumped.error);
    const files = new Map<string, ImageFile>();
    const inodes = await diskInodes(debugfs, at, commands);
    if (!inodes.ok) return failedProgram(inodes.error);
    await openToOwner(tree, inodes.value);
    for (const { path: found, file } of walkTree(tree)) {
      const { mode, owner } = inodes.value.get(found) ?? file ?? {};
      if (file === undefined || mode === undefined || owner === undefined) continue;
      files.set(found, { ...file, mode, owner });
    }
    return ok({ name: path, files, texts: new Map() });
  }
  return unreadable(`no ext2, ext3 or ext4 filesystem with an /etc was found in "${path}"`);
}

/** Who is not root could neither read nor remove copies of files that nobody may read, and directories nobody may write. */
async function openToOwner(tree: string, inodes: ReadonlyMap<string, InodeFacts>): Promise<void> {
  for (const [path, { mode, isDirectory }] of inodes) {
    const needed = isDirectory ? 0o700 : 0o400;
    if ((mode & needed) === needed) continue;
    const copy = join(tree, path);
    const status = await lstat(copy).catch(() => undefined);
    if (status?.isDirectory() || status?.isFile()) await chmod(copy, (mode & 0o777) | needed);
  }
}

interface PartitionTable {
  readonly partitiontable: {
    readonly sectorsize?: number;
    readonly partitions?: readonly { readonly start: number }[];
  };
}

/** Bytes at which filesystems may begin: each partition, or the whole disk when it has no partitions. */
async function filesystemOffsets(raw: string, sfdisk: string, commands: CommandRunner): Promise<readonly number[]> {
  const listed = await commands.run([sfdisk, "--json", raw]);
  if (!listed.ok) return [0];
  const { sectorsize = 512, partitions = [] } = (JSON.parse(listed.value.stdout) as PartitionTable).partitiontable;
  return partitions.map(({ start }) => start * sectorsize);
}
