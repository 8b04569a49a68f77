import type { FileReference, RegularFile } from "@dibkit/model";
import { type Code, call } from "./code.js";

/** The file on disk as a field would refer to it. */
export function fileReference(file: RegularFile): FileReference {
  return { dibkit: "file", path: file.origin.kind === "disk" ? file.origin.path : file.path, site: undefined };
}

/** `fromFile` of the copy that lies beside the module; `prefix` leads to the files of a test element. */
export function fileCode(path: string, prefix: string): Code {
  return call("fromFile", `./${prefix}${path}`);
}
