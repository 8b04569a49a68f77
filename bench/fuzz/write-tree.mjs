import {
  chmodSync,
  closeSync,
  ftruncateSync,
  linkSync,
  mkdirSync,
  openSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import { encodePath } from "@dibkit/model";

/** Writes the files of an element; what the file system refuses (a file below a file, a name too long) is left out. */
export function writeTree(root, files, special) {
  mkdirSync(encodePath(root), { recursive: true });
  for (const [path, entry] of files) {
    const absolute = `${root}/${path}`;
    try {
      mkdirSync(encodePath(dirname(absolute)), { recursive: true });
      writeEntry(encodePath(absolute), entry, special);
    } catch (error) {
      if (typeof error.code !== "string") throw error;
    }
  }
}

function writeEntry(path, entry, special) {
  if (entry.kind === "directory") return mkdirSync(path);
  if (entry.kind === "symlink") return symlinkSync(entry.target, path);
  // A named pipe: who opens it waits for ever.
  if (entry.kind === "special") return linkSync(special, path);
  writeFileSync(path, entry.bytes, { flag: "wx" });
  if (entry.huge) fill(path, entry.huge);
  chmodSync(path, entry.mode);
}

function fill(path, { size, part }) {
  const file = openSync(path, "a");
  try {
    if (part === undefined) return ftruncateSync(file, size);
    const block = Buffer.from(part.repeat(Math.ceil(1_000_000 / Buffer.byteLength(part))));
    for (let written = 0; written < size; written += block.length) writeSync(file, block);
  } finally {
    closeSync(file);
  }
}
