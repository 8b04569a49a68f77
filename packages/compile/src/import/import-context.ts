import type { ElementFile, FileReference, RegularFile } from "@dibkit/model";
import { type Code, call } from "./code.js";

/** The file on disk as a field would refer to it. */
export function fileReference(file: RegularFile): FileReference {
  return { dibkit: "file", path: file.origin.kind === "disk" ? file.origin.path : file.path, site: undefined };
}

/** `fromFile` of the copy that lies beside the module; `prefix` leads to the files of a test element. */
export function fileCode(path: string, prefix: string): Code {
  return call("fromFile", `./${prefix}${path}`);
}

/** Permission bits without those that the umask of whoever checked the file out leaves to a group. */
export function keptMode({ mode }: { readonly mode: number }): number {
  return mode & 0o755;
}

/** Whether the mode of a file is what a version control system keeps of one. */
export function hasPlainMode(file: ElementFile): boolean {
  if (file.kind === "symlink") return true;
  const mode = keptMode(file);
  return file.kind === "directory" ? mode === 0o755 : mode === 0o755 || mode === 0o644;
}

/** The file at another path, still read only when it is asked for. */
export function moved(file: ElementFile, path: string): ElementFile {
  if (file.kind !== "file") return { ...file, path };
  return {
    kind: "file",
    path,
    mode: file.mode,
    origin: file.origin,
    get bytes() {
      return file.bytes;
    },
  };
}
