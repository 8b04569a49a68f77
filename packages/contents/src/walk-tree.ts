import { lstatSync, readdirSync, readlinkSync, type Stats } from "node:fs";
import { join } from "node:path";
import { decodePath, fsPath } from "@dibkit/model";
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
    for (const name of namesIn(join(root, directory))) {
      const path = `${directory}/${name}`;
      const contentPath = join(root, path);
      const status = lstatSync(fsPath(contentPath));
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

/** In order. Bytes that are not UTF-8, which a package of long ago may have in a name, are as `decodePath` gives them. */
function namesIn(directory: string): readonly string[] {
  return readdirSync(fsPath(directory), { encoding: "buffer" }).map(decodePath).sort();
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
    ...(type === "symlink" ? { target: decodePath(readlinkSync(fsPath(contentPath), { encoding: "buffer" })) } : {}),
    ...(writer === undefined ? {} : { writer }),
  };
}
