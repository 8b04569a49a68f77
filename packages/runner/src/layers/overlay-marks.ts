import { createReadStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bashCommand, type CommandRunner, commandError, shellCommand } from "@dibkit/exec";
import { extract } from "tar-stream";

/** A directory of a layer that does not simply lie over the directory of the same path below it. */
export interface OverlayMark {
  /** Path in the image. */
  readonly path: string;
  /** Where its lower content is: overlayfs renames a directory by noting its old path. Absent: it has none (opaque). */
  readonly movedFrom?: string;
}

/** Overlayfs's own attributes: root's, and those of a user namespace. */
const PREFIXES = ["trusted.overlay.", "user.overlay."];

/** Opaque and renamed directories of a layer, parents first. Node cannot read extended attributes, tar can. */
export async function overlayMarks(root: string, commands: CommandRunner): Promise<readonly OverlayMark[]> {
  const scratch = await mkdtemp(join(tmpdir(), "dibkit-inspect-"));
  try {
    const archive = join(scratch, "directories.tar");
    const tar = shellCommand(
      ...["tar", "--null", "--no-recursion", "-T", "-", "--format=pax", "-cf", archive, "--xattrs"],
      ...PREFIXES.flatMap((prefix) => [`--xattrs-include=${prefix}opaque`, `--xattrs-include=${prefix}redirect`]),
    );
    const find = `${shellCommand("cd", root)} && find . -mindepth 1 -type d -print0`;
    const listed = await commands.run(bashCommand(`set -o pipefail; ${find} | ${tar}`));
    if (!listed.ok) throw commandError(`read the directories of "${root}"`, listed.error);
    return await readMarks(archive);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function readMarks(archive: string): Promise<readonly OverlayMark[]> {
  const marks: OverlayMark[] = [];
  const lowerPaths = new Map<string, string>();
  const reader = extract();
  createReadStream(archive).pipe(reader);
  for await (const member of reader) {
    const { name, pax } = member.header as typeof member.header & { readonly pax?: Record<string, string> | null };
    const path = name.replace(/^\./, "").replace(/\/$/, "");
    const parent = path.slice(0, path.lastIndexOf("/"));
    const mark = (name: string) =>
      PREFIXES.map((prefix) => pax?.[`SCHILY.xattr.${prefix}${name}`]).find((value) => value !== undefined);
    const redirect = mark("redirect");
    // A redirect without a slash is another name in the same directory, which may itself have been renamed.
    const below = `${lowerPaths.get(parent) ?? parent}/${redirect ?? path.slice(parent.length + 1)}`;
    const lowerPath = redirect?.startsWith("/") ? redirect : below;
    lowerPaths.set(path, lowerPath);
    if (redirect !== undefined) marks.push({ path, movedFrom: lowerPath });
    else if (mark("opaque") === "y") marks.push({ path });
    member.resume();
  }
  return marks;
}
