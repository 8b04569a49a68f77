import { lstat } from "node:fs/promises";
import { join } from "node:path";
import { inUserNamespace } from "@dibkit/exec";
import { type DevicePlaceholder, listPlaceholders } from "../host/device-placeholders.js";
import type { DiskState } from "./disk-node.js";

/**
 * Commands of debugfs that put device nodes where files of a tree stand for them; none where root made the tree. With a
 * date (seconds since 1970) that is the time of all that the kernel would note.
 */
export async function deviceCommands(
  tree: string,
  { context, date }: Pick<DiskState, "context"> & { readonly date: number | undefined },
): Promise<readonly string[]> {
  const devices = inUserNamespace() ? await listPlaceholders(tree, context.commands) : [];
  const commands: string[] = [];
  for (const device of devices) {
    const mtime = Math.floor((await lstat(join(tree, device.path))).mtimeMs / 1000);
    commands.push(...replaceFile(device, mtime, date ?? mtime));
  }
  return commands;
}

const FORMATS = { c: 0o020000, b: 0o060000 };

function replaceFile(
  { path, type, major, minor, mode, uid, gid }: DevicePlaceholder,
  mtime: number,
  date: number,
): readonly string[] {
  const slash = path.lastIndexOf("/");
  const whole = quote(`/${path}`);
  return [
    `rm ${whole}`,
    `cd ${quote(`/${path.slice(0, Math.max(slash, 0))}`)}`,
    `mknod ${quote(path.slice(slash + 1))} ${type} ${major} ${minor}`,
    "cd /",
    `sif ${whole} mode 0${(FORMATS[type] | mode).toString(8)}`,
    `sif ${whole} uid ${uid}`,
    `sif ${whole} gid ${gid}`,
    `sif ${whole} mtime @${mtime}`,
    ...["atime", "ctime", "crtime"].map((field) => `sif ${whole} ${field} @${date}`),
  ];
}

/** A name or path as debugfs reads it. */
function quote(path: string): string {
  return `"${path.replaceAll('"', '""')}"`;
}
