import type { DevicePlaceholder } from "../host/device-placeholders.js";

/** Of the mode of an inode: what kind of file it is (inode(7)). */
const KINDS = { c: 0o20_000, b: 0o60_000 } as const;

/**
 * Commands of debugfs that put a device where a file stands for it. It gets an inode of its own, because the directory
 * notes the kind of the file too.
 */
export function deviceCommands(device: DevicePlaceholder): readonly string[] {
  const { path, type, major, minor, mode, uid, gid, mtime } = device;
  const whole = debugfsWord(`/${path}`);
  const slash = path.lastIndexOf("/");
  return [
    `rm ${whole}`,
    `cd ${debugfsWord(`/${path.slice(0, Math.max(0, slash))}`)}`,
    `mknod ${debugfsWord(path.slice(slash + 1))} ${type} ${major} ${minor}`,
    `sif ${whole} mode 0${(KINDS[type] | mode).toString(8)}`,
    `sif ${whole} uid ${uid}`,
    `sif ${whole} gid ${gid}`,
    ...["atime", "ctime", "crtime", "mtime"].map((field) => `sif ${whole} ${field} @${mtime}`),
  ];
}

/** A path, or a name, as one word of a command of debugfs. */
export function debugfsWord(path: string): string {
  return `"${path.replaceAll('"', '""')}"`;
}
