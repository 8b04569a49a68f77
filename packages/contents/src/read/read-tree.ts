import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { join } from "node:path";
import { extract, type Header } from "tar-stream";
import type { TreeEntry, TreeSnapshot } from "./tree-snapshot.js";

/** The database of rpm has tens of megabytes. */
const LARGEST_KEPT = 256 * 1024 * 1024;
const TYPES: Readonly<Record<string, TreeEntry["type"]>> = {
  file: "file",
  "contiguous-file": "file",
  link: "file",
  directory: "directory",
  symlink: "symlink",
  "character-device": "character-device",
  "block-device": "block-device",
  fifo: "fifo",
};

/**
 * Reads a tar archive of a root tree. `keep` says of which files the content is wanted in memory, `times` whether those
 * are wanted; into the directory `contentsIn` the content of every file is written.
 */
export async function readTree(
  archive: string,
  keep: (path: string) => boolean,
  options: { readonly times?: boolean; readonly contentsIn?: string } = {},
): Promise<TreeSnapshot> {
  const entries = new Map<string, TreeEntry>();
  const texts = new Map<string, Buffer>();
  const names = new Map<string, string[]>();
  let copies = 0;
  const reader = extract();
  createReadStream(archive)
    .on("error", (error) => reader.destroy(error))
    .pipe(reader);
  for await (const member of reader) {
    const { header } = member;
    const path = cleanPath(header.name);
    const hash = createHash("sha256");
    const kept: Buffer[] = [];
    const wanted = keep(path) && (header.size ?? 0) <= LARGEST_KEPT;
    // Names of an archive may be anything, so its files are numbered.
    const contentPath =
      options.contentsIn === undefined || TYPES[header.type ?? "file"] !== "file" || header.type === "link"
        ? undefined
        : join(options.contentsIn, String(++copies));
    const copy: FileHandle | undefined = contentPath === undefined ? undefined : await open(contentPath, "w", 0o600);
    try {
      for await (const chunk of member) {
        hash.update(chunk as Buffer);
        if (wanted) kept.push(chunk as Buffer);
        await copy?.writeFile(chunk as Buffer);
      }
    } finally {
      await copy?.close();
    }
    if (header.type === "link") {
      const first = cleanPath(header.linkname ?? "");
      names.set(first, [...(names.get(first) ?? [first]), path]);
      const original = entries.get(first);
      if (original !== undefined) entries.set(path, original);
      continue;
    }
    const entry = {
      ...entryOf(header, hash.digest("hex")),
      ...(contentPath === undefined ? {} : { contentPath }),
    };
    entries.set(path, options.times ? { ...entry, modified: modifiedOf(header) } : entry);
    if (wanted) texts.set(path, Buffer.concat(kept));
  }
  for (const group of names.values()) {
    // Which of several names comes first in an archive depends on the order of a directory.
    const linkedTo = [...group].sort()[0] as string;
    for (const name of group) {
      const entry = entries.get(name);
      if (entry !== undefined) entries.set(name, { ...entry, linkedTo });
    }
  }
  return { entries, texts };
}

function cleanPath(name: string): string {
  return name.replace(/^\.\//, "").replace(/\/$/, "") || ".";
}

/** Extended headers have parts of seconds. */
function modifiedOf(header: Header): number {
  const { pax } = header as { readonly pax?: Readonly<Record<string, string>> | null };
  return pax?.mtime === undefined ? (header.mtime?.getTime() ?? 0) / 1000 : Number(pax.mtime);
}

function entryOf(header: Header, hash: string): TreeEntry {
  const type = TYPES[header.type ?? "file"];
  if (type === undefined) throw new Error(`"${header.name}" has the unknown type "${header.type}"`);
  const { pax } = header as { readonly pax?: Readonly<Record<string, string>> | null };
  const attributes = Object.entries(pax ?? {}).flatMap(([name, value]) =>
    name.startsWith("SCHILY.xattr.") ? [[name.slice(13), Buffer.from(value).toString("hex")] as const] : [],
  );
  return {
    type,
    mode: (header.mode ?? 0) & 0o7777,
    owner: `${header.uid}:${header.gid}`,
    attributes: Object.fromEntries(attributes.sort()),
    ...(type === "file" ? { hash, size: header.size ?? 0 } : {}),
    ...(type === "symlink" ? { target: header.linkname ?? "" } : {}),
    ...(type.endsWith("device") ? { device: `${header.devmajor}:${header.devminor}` } : {}),
  };
}
