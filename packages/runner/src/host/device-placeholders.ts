import { PassThrough } from "node:stream";
import { type CommandRunner, commandError, createCommandRunner } from "@dibkit/exec";
import { extract } from "tar-stream";

/**
 * A device node that a user namespace may not make: in trees an empty file stands for it, with the node's mode and owner
 * and an extended attribute that tells which device it is. Whatever is written from a tree has the node.
 */
export interface DevicePlaceholder {
  /** Path in the tree, without a slash at its beginning. */
  readonly path: string;
  readonly type: "c" | "b";
  readonly major: number;
  readonly minor: number;
  /** Permission bits, with setuid, setgid and sticky. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** In seconds since 1970. */
  readonly mtime: number;
}

/** The attribute; its value is what follows the name for `mknod`: `c 1 3`. */
export const DEVICE_MARK = "user.dibkit.device";

/** Type and numbers of a mark; undefined when it is none. */
export function parseDeviceMark(
  value: string,
): { readonly type: "c" | "b"; readonly major: number; readonly minor: number } | undefined {
  const [, type, major, minor] = /^([cb]) (\d+) (\d+)$/.exec(value) ?? [];
  return type === undefined ? undefined : { type: type as "c" | "b", major: Number(major), minor: Number(minor) };
}

// Node reads no extended attributes, and the programs that do are not everywhere; tar is. Only empty files are looked at.
const FIND = ["-xdev", "-type", "f", "-empty", "-print0"];
const TAR = [
  ...["tar", "--null", "--no-recursion", "-T", "-", "--numeric-owner", "--format=pax", "-cf", "-"],
  ...["--xattrs", `--xattrs-include=${DEVICE_MARK}`],
];

/** All placeholders of a tree, sorted by path; none where root made it. */
export async function listPlaceholders(
  tree: string,
  commands: CommandRunner = createCommandRunner(),
): Promise<readonly DevicePlaceholder[]> {
  const archive = new PassThrough();
  const reader = extract();
  archive.pipe(reader);
  const script = 'set -o pipefail; cd "$1" && shift && find . "${@:1:5}" | "${@:6}"';
  const listed = commands.run(["bash", "--norc", "-c", script, "list", tree, ...FIND, ...TAR], {
    onBytes: (chunk) => void archive.write(chunk),
  });
  const ended = listed.finally(() => archive.end());
  const placeholders: DevicePlaceholder[] = [];
  for await (const member of reader) {
    const { name, mode = 0, uid = 0, gid = 0, mtime, pax } = member.header as typeof member.header & WithRecords;
    const device = parseDeviceMark(pax?.[`SCHILY.xattr.${DEVICE_MARK}`] ?? "");
    if (device !== undefined)
      placeholders.push({
        path: name.replace(/^\.\//, ""),
        ...device,
        mode,
        uid,
        gid,
        mtime: Math.floor((mtime?.getTime() ?? 0) / 1000),
      });
    member.resume();
  }
  const done = await ended;
  if (!done.ok) throw commandError(`look for devices in "${tree}"`, done.error);
  return placeholders.sort((a, b) => (a.path < b.path ? -1 : 1));
}

interface WithRecords {
  readonly pax?: Readonly<Record<string, string>> | null;
}
