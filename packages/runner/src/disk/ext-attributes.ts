import { join } from "node:path";
import { shellCommand } from "@dibkit/exec";
import { ok, type Result } from "@dibkit/model";
import type { DiskFailure } from "./disk-failure.js";
import type { MadeFilesystem, RewriteState } from "./disk-node.js";

/** What `chattr` can set, of the flags that e2fsprogs stores; the others say how a file is stored. */
const USER_FLAGS = 0x6281_c0ff;
/** Their letters in the first column of `lsattr`. */
const USER_LETTERS = /[suScCiadAjtDTxPF]/;

export interface FlaggedFile {
  /** As debugfs reads it. */
  readonly path: string;
  /** All flags that the file is to have. */
  readonly flags: number;
}

/** Files with flags such as `chattr +i` sets, which `mkfs -d` does not copy. Few images have any. */
export async function userFlags(
  original: MadeFilesystem,
  device: string,
  tree: string,
  { run }: RewriteState,
): Promise<Result<readonly FlaggedFile[], DiskFailure>> {
  const { name } = original;
  // On anything but files and directories lsattr fails.
  const list = `${shellCommand("cd", tree)} && find . -xdev \\( -type f -o -type d \\) -print0 | xargs -0r lsattr -d`;
  const listed = await run(name, ["sh", "-c", list]);
  if (!listed.ok) return listed;
  const files: FlaggedFile[] = [];
  for (const [, letters = "", found = ""] of listed.value.matchAll(/^(\S+) \.(.*)$/gm)) {
    if (!USER_LETTERS.test(letters)) continue;
    const path = `"/${found.replace(/^\//, "").replaceAll('"', '""')}"`;
    const flags: number[] = [];
    for (const place of [original.device, device]) {
      const shown = await run(name, ["debugfs", "-R", `stat ${path}`, place]);
      if (!shown.ok) return shown;
      flags.push(Number(/Flags: (0x[0-9a-f]+)/.exec(shown.value)?.[1] ?? 0));
    }
    const [before = 0, now = 0] = flags;
    files.push({ path, flags: ((now & ~USER_FLAGS) | (before & USER_FLAGS)) >>> 0 });
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
  { run, context }: RewriteState,
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
