import { chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type ElementFile, encodePath, fsPath } from "@dibkit/model";

/** Writes a file of an element below a directory, with its execute bit. */
export function copyFile(file: ElementFile, directory: string): void {
  const target = join(directory, file.path);
  mkdirSync(fsPath(dirname(target)), { recursive: true });
  if (file.kind === "directory") mkdirSync(fsPath(target), { recursive: true });
  else rmSync(fsPath(target), { force: true });
  if (file.kind === "symlink") symlinkSync(encodePath(file.target), fsPath(target));
  else if (file.kind === "file") {
    writeFileSync(fsPath(target), file.bytes);
    chmodSync(fsPath(target), (file.mode & 0o111) !== 0 ? 0o755 : 0o644);
  }
}
