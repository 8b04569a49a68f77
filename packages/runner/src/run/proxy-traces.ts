import type { Dirent } from "node:fs";
import { lstat, readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { decodePath, fsPath } from "@dibkit/model";
import { PROXY_ADDRESS } from "../host/network/proxy-variables.js";

/** Where settings are. */
const SETTINGS = ["etc", "root", "home", "opt", "srv", "usr/local"];

/** No file of settings is that long. */
const LONGEST = 64 << 10;

/**
 * A file of settings in a tree that has the address of dibkit's proxy in it, by its path in the image: a program has
 * written down where its variables led, and nobody is there when the image runs.
 */
export async function proxyTrace(tree: string): Promise<string | undefined> {
  for (const path of SETTINGS) {
    const found = (await isWithin(tree, path)) ? await traceBelow(tree, path) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Whether the tree has the directory itself: a link such as `/root` to another one may lead out of it. */
async function isWithin(tree: string, path: string): Promise<boolean> {
  const parts = path.split("/");
  for (const index of parts.keys()) {
    const status = await lstat(join(tree, ...parts.slice(0, index + 1))).catch(() => undefined);
    if (!status?.isDirectory()) return false;
  }
  return true;
}

async function traceBelow(tree: string, path: string): Promise<string | undefined> {
  for (const entry of await entriesOf(join(tree, path))) {
    const inner = `${path}/${decodePath(entry.name)}`;
    if (entry.isDirectory()) {
      const found = await traceBelow(tree, inner);
      if (found !== undefined) return found;
    } else if (entry.isFile()) {
      const file = fsPath(join(tree, inner));
      const isSetting = (await stat(file)).size <= LONGEST;
      if (isSetting && (await readFile(file)).includes(PROXY_ADDRESS.host)) return `/${inner}`;
    }
  }
  return undefined;
}

/** Names as bytes: those of files in an image need not be UTF-8. */
async function entriesOf(directory: string): Promise<readonly Dirent<Buffer>[]> {
  try {
    return await readdir(fsPath(directory), { withFileTypes: true, encoding: "buffer" });
  } catch {
    // The step has changed nothing there.
    return [];
  }
}
