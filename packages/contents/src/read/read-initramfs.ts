import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { gunzipSync } from "node:zlib";
import type { TreeEntry, TreeSnapshot } from "./tree-snapshot.js";

/** Length of a header of cpio's "newc" format (Linux, Documentation/driver-api/early-userspace/buffer-format.rst). */
const HEADER = 110;
const MAGIC = "070701";
const LAST = "TRAILER!!!";
/** By the first four bits of the mode. */
const TYPES: Readonly<Record<number, TreeEntry["type"]>> = {
  1: "fifo",
  2: "character-device",
  4: "directory",
  6: "block-device",
  8: "file",
  10: "symlink",
};

/** Reads an initramfs: one cpio archive, compressed by gzip, as the element ramdisk makes it. Undefined: another thing. */
export async function readInitramfs(path: string): Promise<TreeSnapshot | undefined> {
  const bytes = await readFile(path);
  if (bytes.readUInt16BE(0) !== 0x1f8b) return undefined;
  const archive = gunzipSync(bytes);
  const entries = new Map<string, TreeEntry>();
  const inodes = new Map<number, string[]>();
  let at = 0;
  while (archive.toString("latin1", at, at + MAGIC.length) === MAGIC) {
    const member = memberAt(archive, at);
    if (member.name === LAST) break;
    const name = member.name.replace(/^\.\//, "");
    entries.set(name, entryOf(member));
    if (member.links > 1) inodes.set(member.inode, [...(inodes.get(member.inode) ?? []), name]);
    at = member.end;
  }
  for (const group of inodes.values()) joinNames(entries, group);
  return { entries, texts: new Map() };
}

interface Member {
  readonly name: string;
  readonly inode: number;
  readonly mode: number;
  readonly owner: string;
  readonly links: number;
  readonly device: string;
  readonly content: Buffer;
  readonly end: number;
}

function memberAt(archive: Buffer, at: number): Member {
  const field = (index: number) => {
    const start = at + MAGIC.length + index * 8;
    return Number.parseInt(archive.toString("latin1", start, start + 8), 16);
  };
  const padded = (offset: number) => (offset + 3) & ~3;
  const nameEnd = at + HEADER + field(11);
  const start = padded(nameEnd);
  const end = start + field(6);
  return {
    name: archive.toString("utf8", at + HEADER, nameEnd - 1),
    inode: field(0),
    mode: field(1),
    owner: `${field(2)}:${field(3)}`,
    links: field(4),
    device: `${field(9)}:${field(10)}`,
    content: archive.subarray(start, end),
    end: padded(end),
  };
}

function entryOf({ mode, owner, device, content }: Member): TreeEntry {
  const type = TYPES[mode >> 12] ?? "file";
  return {
    type,
    mode: mode & 0o7777,
    owner,
    attributes: {},
    ...(type === "file" ? { hash: createHash("sha256").update(content).digest("hex"), size: content.length } : {}),
    ...(type === "symlink" ? { target: content.toString("utf8") } : {}),
    ...(type.endsWith("device") ? { device } : {}),
  };
}

/** Of a file with several names only the last one has the content. */
function joinNames(entries: Map<string, TreeEntry>, group: readonly string[]): void {
  const files = group.flatMap((name) => (entries.get(name)?.type === "file" ? [name] : []));
  const whole = files.map((name) => entries.get(name) as TreeEntry).find(({ size }) => (size ?? 0) > 0);
  const linkedTo = [...files].sort()[0];
  if (whole === undefined || linkedTo === undefined || files.length < 2) return;
  for (const name of files) entries.set(name, { ...whole, linkedTo });
}
