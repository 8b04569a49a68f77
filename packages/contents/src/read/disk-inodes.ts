import type { CommandFailure, CommandRunner } from "@dibkit/exec";
import { ok, type Result } from "@dibkit/model";
import type { ImageFile } from "../image-contents.js";

/** What an inode says beside its content. */
export interface InodeFacts extends Pick<ImageFile, "mode" | "owner"> {
  readonly isDirectory: boolean;
}

/** A line of debugfs's `ls -p`: `/INODE/MODE/UID/GID/NAME/SIZE/`. */
const ENTRY = /^\/(\d+)\/(\d+)\/(\d+)\/(\d+)\/(.*)\/\d*\/$/;
const ROOT = 2;

/**
 * Modes and owners of everything on an ext filesystem, by path, directories before what is in them. The files that debugfs copies out have lost set-uid,
 * set-gid and sticky bits, and belong to whoever runs it unless that is root. A name with a line break is left out.
 */
export async function diskInodes(
  debugfs: string,
  filesystem: string,
  commands: CommandRunner,
): Promise<Result<ReadonlyMap<string, InodeFacts>, CommandFailure>> {
  const facts = new Map<string, InodeFacts>();
  // All directories of one depth are listed by one run, by number, because names can hold what debugfs takes apart.
  let directories: ReadonlyMap<number, string> = new Map([[ROOT, ""]]);
  while (directories.size > 0) {
    const below = new Map<number, string>();
    let parent: string | undefined;
    const input = [...directories.keys()].map((inode) => `ls -p <${inode}>\n`).join("");
    const listing = await commands.run([debugfs, "-f", "-", filesystem], {
      input,
      onOutput: (line) => {
        const [, listed] = /^debugfs: ls -p <(\d+)>$/.exec(line.trimEnd()) ?? [];
        if (listed !== undefined) parent = directories.get(Number(listed));
        const [, inode, mode, uid, gid, name = ""] = ENTRY.exec(line) ?? [];
        if (parent === undefined || mode === undefined || inode === "0" || name === "." || name === "..") return;
        const bits = Number.parseInt(mode, 8);
        const isDirectory = bits >> 12 === 4;
        facts.set(`${parent}/${name}`, { mode: bits & 0o7777, owner: `${uid}:${gid}`, isDirectory });
        if (isDirectory) below.set(Number(inode), `${parent}/${name}`);
      },
    });
    if (!listing.ok) return listing;
    directories = below;
  }
  return ok(facts);
}
