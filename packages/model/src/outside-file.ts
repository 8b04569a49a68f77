import { readFileSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import type { RegularFile, SymbolicLink } from "./element.js";
import { fsPath } from "./path-bytes.js";
import { realPath } from "./real-path.js";

/** The kernel's files are endless, or wait for something to happen. */
export const KERNEL_FILES = /^\/(proc|sys|dev)\//;

const fileByLink = new WeakMap<SymbolicLink, RegularFile | undefined>();

/** The file on disk that a link of a loaded element leads to, wherever that is; the same object each time. */
export function outsideFile(link: SymbolicLink): RegularFile | undefined {
  if (link.origin.kind !== "disk") return undefined;
  if (!fileByLink.has(link)) fileByLink.set(link, fileAt(link.origin.path, link.target, link.path));
  return fileByLink.get(link);
}

function fileAt(link: string, target: string, path: string): RegularFile | undefined {
  const real = realPath(resolve(dirname(link), target));
  if (real === undefined || KERNEL_FILES.test(real)) return undefined;
  const stats = statSync(fsPath(real));
  if (!stats.isFile()) return undefined;
  let bytes: Uint8Array | undefined;
  return {
    kind: "file",
    path,
    origin: { kind: "disk", path: real },
    mode: stats.mode & 0o7777,
    size: stats.size,
    get bytes() {
      bytes ??= readFileSync(fsPath(real));
      return bytes;
    },
  };
}
