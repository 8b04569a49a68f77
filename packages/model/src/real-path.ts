import { realpathSync } from "node:fs";
import { decodePath, fsPath } from "./path-bytes.js";

/** The path with every symbolic link followed; undefined when it does not exist or loops. */
export function realPath(path: string): string | undefined {
  try {
    return decodePath(realpathSync.native(fsPath(path), { encoding: "buffer" }));
  } catch {
    return undefined;
  }
}
