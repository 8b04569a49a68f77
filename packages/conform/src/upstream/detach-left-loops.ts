import { readFile } from "node:fs/promises";
import type { CommandRunner } from "@dibkit/exec";
import { shellQuote } from "@dibkit/exec";

/** What tells a loop device with its file from the same device with another file. */
const COLUMNS = "NAME,BACK-INO,BACK-MAJ:MIN";
const LIST = ["losetup", "--list", "--noheadings", "--raw", "--output", COLUMNS];

/**
 * Stands in for `losetup` and notes each device that it attaches. A killed upstream leaves them; the files are often in
 * a tmpfs that went with its namespace, so nothing else would tell whose they were.
 *
 * @param note file that each attached device becomes a line of
 */
export function losetupShim(note: string): string {
  return `#!/bin/bash
set -eu
# The machine's own, whatever a script has put before the stand-ins.
PATH=/usr/sbin:/usr/bin:/sbin:/bin
shown=$(losetup "$@")
[ -z "$shown" ] || echo "$shown"
[[ ! $shown =~ ^/dev/loop[0-9]+$ ]] || ${LIST.join(" ")} "$shown" >> ${shellQuote(note)}
`;
}

/** Detaches the devices that the shim has noted and that still have the same files. */
export async function detachLeftLoops(commands: CommandRunner, note: string): Promise<void> {
  const lines = (text: string) => text.split("\n").filter((line) => line !== "");
  const noted = new Set(lines(await readFile(note, "utf8").catch(() => "")));
  if (noted.size === 0) return;
  const listed = await commands.run(LIST);
  if (!listed.ok) return;
  for (const line of lines(listed.value.stdout)) {
    if (!noted.has(line)) continue;
    const [device = ""] = line.split(" ");
    await commands.run(["partx", "--delete", device]);
    await commands.run(["losetup", "--detach", device]);
  }
}
