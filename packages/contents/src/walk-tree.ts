import { type Dirent, lstatSync, readdirSync, readlinkSync, type Stats } from "node:fs";
import { join } from "node:path";
import type { StepLabel } from "@dibkit/runner";
import { isWhiteout } from "@dibkit/runner";
import type { ImageFile } from "./image-contents.js";

/** Something found below a directory of this machine. */
export interface FoundFile {
  /** Path in the image. */
  readonly path: string;
  /** Undefined for a whiteout: an overlay's mark that the path is gone. */
  readonly file?: ImageFile;
  readonly modifiedMs: number;
}

/** Everything below a directory, parents before their children; names of one hard-linked file count its bytes once. */
export function* walkTree(root: string, writer?: StepLabel): Generator<FoundFile> {
  const linked = new Set<number>();
  const pending = [""];
  for (let directory = pending.pop(); directory !== undefined; directory = pending.pop()) {
    for (const entry of readdirSync(join(root, directory), { withFileTypes: true }).sort(byName)) {
      const path = `${directory}/${entry.name}`;
      const contentPath = join(root, path);
      const status = lstatSync(contentPath);
      if (status.isDirectory()) pending.push(path);
      const found = { path, modifiedMs: status.mtimeMs };
      if (isWhiteout(status)) yield found;
      else {
        const again = status.isFile() && status.nlink > 1 && linked.has(status.ino);
        if (status.isFile()) linked.add(status.ino);
        yield { ...found, file: fileOf(contentPath, status, again, writer) };
      }
    }
  }
}

function byName(a: Dirent, b: Dirent): number {
  return a.name < b.name ? -1 : 1;
}

function fileOf(contentPath: string, status: Stats, again: boolean, writer: StepLabel | undefined): ImageFile {
  const type = status.isFile()
    ? "file"
    : status.isDirectory()
      ? "directory"
      : status.isSymbolicLink()
        ? "symlink"
        : "special";
  return {
    type,
    mode: status.mode & 0o7777,
    owner: `${status.uid}:${status.gid}`,
    bytes: type === "file" && !again ? status.size : 0,
    ...(type === "file" ? { contentPath } : {}),
    ...(type === "symlink" ? { target: readlinkSync(contentPath) } : {}),
    ...(writer === undefined ? {} : { writer }),
  };
}
