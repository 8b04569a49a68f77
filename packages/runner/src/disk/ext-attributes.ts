import { join } from "node:path";
import { shellCommand } from "@dibkit/exec";
import { ok, type Result } from "@dibkit/model";
import type { DiskFailure } from "./disk-failure.js";
import type { DiskState, MadeFilesystem } from "./disk-node.js";
import { debugfsWord } from "./ext-devices.js";
import type { ExtTarget } from "./ext-target.js";

/** What `chattr` can set, of the flags that e2fsprogs stores, by its letter in the first column of `lsattr`. */
const USER_FLAGS: Readonly<Record<string, number>> = {
  ...{ s: 0x1, u: 0x2, c: 0x4, S: 0x8, i: 0x10, a: 0x20, d: 0x40, A: 0x80, j: 0x4000, t: 0x8000, D: 0x1_0000 },
  ...{ T: 0x2_0000, C: 0x80_0000, x: 0x200_0000, P: 0x2000_0000, F: 0x4000_0000 },
};
/** The other flags say how a file is stored. */
const ALL_USER_FLAGS = Object.values(USER_FLAGS).reduce((all, flag) => all | flag, 0);

export interface FlaggedFile {
  /** As debugfs reads it. */
  readonly path: string;
  /** All flags that the file is to have. */
  readonly flags: number;
}

/** Files with flags such as `chattr +i` sets, which `mkfs -d` does not copy. Few images have any. */
export async function userFlags(
  { name, opened }: Pick<ExtTarget, "name" | "opened">,
  tree: string,
  { run }: Pick<DiskState, "run">,
): Promise<Result<readonly FlaggedFile[], DiskFailure>> {
  // On anything but files and directories lsattr fails.
  const list = `${shellCommand("cd", tree)} && find . -xdev \\( -type f -o -type d \\) -print0 | xargs -0r lsattr -d`;
  const listed = await run(name, ["sh", "-c", list]);
  if (!listed.ok) return listed;
  const files: FlaggedFile[] = [];
  for (const [, letters = "", found = ""] of listed.value.matchAll(/^(\S+) \.(.*)$/gm)) {
    const wanted = [...letters].reduce((flags, letter) => flags | (USER_FLAGS[letter] ?? 0), 0);
    if (wanted === 0) continue;
    const path = debugfsWord(`/${found.replace(/^\//, "")}`);
    const shown = await run(name, ["debugfs", "-R", `stat ${path}`, opened]);
    if (!shown.ok) return shown;
    const now = Number(/Flags: (0x[0-9a-f]+)/.exec(shown.value)?.[1] ?? 0);
    files.push({ path, flags: ((now & ~ALL_USER_FLAGS) | wanted) >>> 0 });
  }
  return ok(files);
}

export interface StoredAttribute {
  readonly attribute: string;
  /** File with its value. */
  readonly file: string;
}

/** Extended attributes of the root directory, such as its SELinux label, which `mkfs -d` leaves out. */
export async function rootAttributes(
  { name, device }: MadeFilesystem,
  { run, context }: Pick<DiskState, "run" | "context">,
): Promise<Result<readonly StoredAttribute[], DiskFailure>> {
  const listed = await run(name, ["debugfs", "-R", "ea_list <2>", device]);
  if (!listed.ok) return listed;
  const stored: StoredAttribute[] = [];
  for (const [, attribute = ""] of listed.value.matchAll(/^\s+(\S+) \(\d+\)/gm)) {
    const file = join(context.scratchDirectory, `attribute-${name}-${stored.length}`);
    const saved = await run(name, ["debugfs", "-R", `ea_get -f ${file} <2> ${attribute}`, device]);
    if (!saved.ok) return saved;
    stored.push({ attribute, file });
  }
  return ok(stored);
}
