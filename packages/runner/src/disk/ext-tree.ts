import { stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { inUserNamespace } from "@dibkit/exec";
import { ok, type Result } from "@dibkit/model";
import { listPlaceholders } from "../host/device-placeholders.js";
import type { DiskFailure } from "./disk-failure.js";
import type { DiskState } from "./disk-node.js";
import { type StoredAttribute, userFlags } from "./ext-attributes.js";
import { debugfsWord, deviceCommands } from "./ext-devices.js";
import type { ExtTarget } from "./ext-target.js";
import { withTreeAlone } from "./tree-alone.js";

type Done = Promise<Result<void, DiskFailure>>;

/** e2fsprogs takes this time for the present one; 0 would mean that there is none. */
function fakeTime(date: number | undefined): readonly string[] {
  if (date === undefined) return [];
  const time = Math.max(1, date);
  return ["env", `E2FSPROGS_FAKE_TIME=${time}`, `E2FSCK_TIME=${time}`];
}

/** First inode of the user's: those before it, but for the root directory, are mkfs's own. */
const FIRST_INODE = 11;
const ROOT = "<2>";

/** What writing a filesystem from a directory needs. */
export interface TreeWriting extends Pick<DiskState, "context" | "run" | "clean"> {
  /** The time for everything that has none of its own, in seconds since 1970; undefined: as it comes. */
  readonly date: number | undefined;
  /** Where each filesystem is mounted. */
  readonly mountPoints: ReadonlyMap<string, string>;
}

/**
 * Makes an ext filesystem with the files of a mounted one. `mkfs` gets its command with `-d` for the tree; what its `-d`
 * does not set (attributes of the root directory, flags, times after 2038, devices that files stand for) or takes from the build (times of
 * access and change, when there is a date) is set with debugfs.
 */
export async function writeExtTree(
  target: ExtTarget,
  directory: string,
  state: TreeWriting,
  attributes: readonly StoredAttribute[] = [],
): Done {
  const { name, command, device, opened } = target;
  return withTreeAlone(name, directory, state, async (tree) => {
    const made = await state.run(name, [...fakeTime(state.date), ...command, "-d", tree, ...device]);
    if (!made.ok) return made;
    const indexed = await state.run(name, [...fakeTime(state.date), "sh", "-c", INDEX_DIRECTORIES, "sh", opened]);
    if (!indexed.ok) return indexed;
    return settleInodes(target, attributes, { tree, directory }, state);
  });
}

/** `-d` leaves large directories without the index that the kernel would have given them. 1: something was changed. */
const INDEX_DIRECTORIES = 'e2fsck -fyD "$1" || [ $? -eq 1 ]';

interface TreePaths {
  /** The filesystem alone. */
  readonly tree: string;
  /** Where it is mounted. */
  readonly directory: string;
}

async function settleInodes(
  target: ExtTarget,
  attributes: readonly StoredAttribute[],
  { tree, directory }: TreePaths,
  state: TreeWriting,
): Done {
  const { name, opened } = target;
  const { mode, uid, gid, mtimeMs } = await stat(tree);
  const flags = await userFlags(target, tree, state);
  if (!flags.ok) return flags;
  const late = await lateTimes(target, tree, state);
  if (!late.ok) return late;
  const devices = inUserNamespace() ? await listPlaceholders(tree, state.context.commands) : [];
  const times = state.date === undefined ? ok([]) : await settledTimes(target, { tree, directory }, state.date, state);
  if (!times.ok) return times;
  const commands = [
    `sif ${ROOT} mode 0${mode.toString(8)}`,
    `sif ${ROOT} uid ${uid}`,
    `sif ${ROOT} gid ${gid}`,
    `sif ${ROOT} mtime @${Math.floor(mtimeMs / 1000)}`,
    ...attributes.map(({ attribute, file }) => `ea_set -f ${file} ${ROOT} ${attribute}`),
    ...late.value,
    ...devices.flatMap(deviceCommands),
    ...flags.value.map(({ path, flags: value }) => `sif ${path} flags 0x${value.toString(16)}`),
    ...times.value,
  ];
  const script = join(state.context.scratchDirectory, `inodes-${name}`);
  await writeFile(script, `${commands.join("\n")}\n`);
  const set = await state.run(name, [...fakeTime(state.date), "sh", "-c", DEBUGFS, "sh", script, opened]);
  return set.ok ? ok(undefined) : set;
}

/** The last second of the 32 bits that `-d` copies: what comes after it would be in the years after 1901. */
const LAST_SECOND = 2 ** 31 - 1;

/** Commands of debugfs that set times after 2038. A name of several lines cannot be told to it. */
async function lateTimes(
  { name }: ExtTarget,
  tree: string,
  state: TreeWriting,
): Promise<Result<readonly string[], DiskFailure>> {
  const find = ["find", tree, "-xdev", "-mindepth", "1", "-newermt", `@${LAST_SECOND}`, "-printf", "%P\\0%Ts\\0"];
  const listed = await state.run(name, find);
  if (!listed.ok) return listed;
  const words = listed.value.split("\0");
  return ok(
    words.flatMap((path, at) => {
      if (at % 2 === 1 || words[at + 1] === undefined || path.includes("\n")) return [];
      return [`sif ${debugfsWord(`/${path}`)} mtime @${words[at + 1]}`];
    }),
  );
}

/** Commands of debugfs that set what depends on when and how a filesystem is written. */
async function settledTimes(
  { name, opened }: ExtTarget,
  { tree, directory }: TreePaths,
  date: number,
  state: TreeWriting,
): Promise<Result<readonly string[], DiskFailure>> {
  const listed = await state.run(name, ["dumpe2fs", opened]);
  if (!listed.ok) return listed;
  const inodes = [ROOT, ...usedInodes(listed.value).map((inode) => `<${inode}>`)];
  const time = `@${date}`;
  return ok([
    ...(await coveredDirectories(tree, directory, date, state)).map((path) => `sif "${path}" mtime ${time}`),
    ...inodes.flatMap((inode) => ["atime", "ctime", "crtime"].map((field) => `sif ${inode} ${field} ${time}`)),
    // How much e2fsprogs wrote depends on how; a filesystem that counts from nothing is not counted any further.
    "ssv kbytes_written 0",
  ]);
}

/** Mount points of other filesystems: what is mounted there hides them, so their times could not be settled before. */
async function coveredDirectories(
  tree: string,
  directory: string,
  date: number,
  state: TreeWriting,
): Promise<readonly string[]> {
  const found: string[] = [];
  for (const mountPoint of state.mountPoints.values()) {
    const path = mountPoint.startsWith(`${directory}/`) ? mountPoint.slice(directory.length) : undefined;
    const status = path === undefined ? undefined : await stat(join(tree, path)).catch(() => undefined);
    if (path !== undefined && status !== undefined && status.mtimeMs / 1000 > date) found.push(path);
  }
  return found;
}

/** debugfs ends with 0 whatever went wrong; it says so on its error output, after a line with its version. */
const DEBUGFS =
  'trouble=$(debugfs -w -f "$1" "$2" 2>&1 >/dev/null | sed 1d); [ -z "$trouble" ] || { echo "$trouble" >&2; exit 1; }';

/** Numbers of all inodes in use, from what dumpe2fs says is free. */
export function usedInodes(dump: string): readonly number[] {
  const count = Number(/^Inode count:\s+(\d+)/m.exec(dump)?.[1] ?? 0);
  const used = new Uint8Array(count + 1).fill(1, FIRST_INODE);
  for (const [, ranges = ""] of dump.matchAll(/^ {2}Free inodes: (\d.*)$/gm)) {
    for (const range of ranges.split(", ")) {
      const [first = 0, last = first] = range.split("-").map(Number);
      used.fill(0, first, last + 1);
    }
  }
  return [...used.keys()].filter((inode) => used[inode] === 1);
}
