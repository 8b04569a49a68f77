import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import type { CommandRunner } from "../exec/command-runner.js";

interface LoopList {
  readonly loopdevices?: readonly {
    readonly name: string;
    readonly "back-ino": number | string;
    readonly "back-maj:min": string;
  }[];
}

/**
 * Detaches the loop devices whose files lie in a directory. A killed upstream leaves them; their paths mean nothing
 * outside its mount namespace, so they are told by device and inode.
 */
export async function detachLeftLoops(commands: CommandRunner, directory: string): Promise<void> {
  const files = new Set(filesBelow(directory).map(identityOf));
  if (files.size === 0) return;
  const listed = await commands.run(["losetup", "--list", "--json", "--output", "NAME,BACK-INO,BACK-MAJ:MIN"]);
  if (!listed.ok || listed.value.stdout.trim() === "") return;
  for (const device of (JSON.parse(listed.value.stdout) as LoopList).loopdevices ?? []) {
    if (!files.has(`${device["back-maj:min"].trim()} ${device["back-ino"]}`)) continue;
    await commands.run(["partx", "--delete", device.name]);
    await commands.run(["losetup", "--detach", device.name]);
  }
}

/** `MAJOR:MINOR INODE`, with the device number taken apart as Linux packs it. */
function identityOf(path: string): string {
  const { dev, ino } = statSync(path);
  const major = Math.floor(dev / 256) & 0xfff;
  const minor = (dev & 0xff) | ((dev >>> 12) & 0xfff00);
  return `${major}:${minor} ${ino}`;
}

function filesBelow(directory: string): readonly string[] {
  try {
    return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
      if (!entry.isDirectory() || !entry.name.startsWith("dib_image.")) return [];
      const below = join(directory, entry.name);
      return readdirSync(below, { withFileTypes: true })
        .filter((file) => file.isFile())
        .map((file) => join(below, file.name));
    });
  } catch {
    return [];
  }
}
