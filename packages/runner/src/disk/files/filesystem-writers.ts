import { stat } from "node:fs/promises";
import type { HostTool } from "@dibkit/exec";
import { ok, type Result } from "@dibkit/model";
import { copyBytes } from "../copy-around.js";
import type { DiskFailure } from "../disk-failure.js";
import type { MadeFilesystem } from "../disk-node.js";
import { type TreeWriting, writeExtTree } from "../ext-tree.js";
import { writeFatTree } from "../fat-tree.js";
import { mkfsCommand, withExtendedOption } from "../nodes/mkfs.js";
import type { Region } from "./files-state.js";

type Done = Promise<Result<void, DiskFailure>>;

/** A filesystem with a UUID, and where its files are and where it goes. */
export interface FilesystemWriting {
  readonly filesystem: MadeFilesystem;
  /** Where it is mounted; what is mounted inside that belongs to other filesystems. */
  readonly directory: string;
  readonly region: Region;
  /** The file that plays its device, and has an empty filesystem of the kind. */
  readonly standIn: string;
  readonly tree: TreeWriting;
}

/** How filesystems of a type are written from a directory. */
export interface FilesystemWriter {
  readonly tools: readonly HostTool[];
  /** Tools for the same bytes in every build. */
  readonly repeatableTools?: readonly HostTool[];
  readonly write: (writing: FilesystemWriting) => Done;
}

const purpose = "write filesystems from directories, without loop devices";
const from = (debianPackage: string, programs: readonly string[]): readonly HostTool[] =>
  programs.map((program) => ({ program, debianPackage, purpose }));

const extended: FilesystemWriter = {
  tools: from("e2fsprogs", ["debugfs", "e2fsck", "lsattr"]),
  repeatableTools: from("e2fsprogs", ["dumpe2fs"]),
  async write({ filesystem, directory, region, tree }) {
    const uuid = uuidOf(filesystem);
    const { image, offset, bytes } = region;
    const inPlace = withExtendedOption(filesystem.options, `offset=${offset}`);
    const options = tree.date === undefined ? inPlace : withExtendedOption(inPlace, `hash_seed=${uuid}`);
    const command = mkfsCommand(filesystem, uuid, image, options).slice(0, -1);
    const device = [image, `${Math.floor(bytes / 1024)}k`];
    return writeExtTree(
      { name: filesystem.name, command, device, opened: `${image}?offset=${offset}` },
      directory,
      tree,
    );
  },
};

const fat: FilesystemWriter = {
  tools: from("mtools", ["mcopy", "mmd"]),
  async write({ filesystem, directory, region, standIn, tree }) {
    const { name, options } = filesystem;
    if (tree.date !== undefined) {
      const command = mkfsCommand(filesystem, uuidOf(filesystem), standIn, ["--invariant", ...options]);
      const made = await tree.run(name, command);
      if (!made.ok) return made;
    }
    const written = await writeFatTree(name, standIn, directory, tree, tree.date);
    return written.ok ? pasteFile(standIn, region) : written;
  },
};

/** By type of filesystem; one that is not here cannot be written from a directory. */
export const FILESYSTEM_WRITERS: Readonly<Record<string, FilesystemWriter>> = {
  ext2: extended,
  ext3: extended,
  ext4: extended,
  vfat: fat,
  fat,
};

/** Copies what has been written to a file into its region in the raw file of a disk; what is zero is left as it is. */
export async function pasteFile(standIn: string, { image, offset, bytes }: Region): Done {
  if ((await stat(standIn)).blocks > 0) await copyBytes(standIn, image, { start: 0, end: bytes }, offset);
  return ok(undefined);
}

function uuidOf({ name, uuid }: MadeFilesystem): string {
  if (uuid === null) throw new Error(`filesystem "${name}" has no UUID yet`);
  return uuid;
}
