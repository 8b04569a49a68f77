import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { type Terminal, usageFailure } from "./terminal.js";

/** Writes files that must not exist yet: all of them, or none when one is there. Says what it wrote. */
export async function writeNewFiles(
  terminal: Terminal,
  directory: string,
  files: Readonly<Record<string, string>>,
): Promise<0 | 2> {
  const shown = (path: string) => relative(terminal.cwd, join(directory, path)) || ".";
  const existing = Object.keys(files).filter((path) => existsSync(join(directory, path)));
  if (existing.length > 0) {
    const list = existing.map((path) => `"${shown(path)}"`).join(", ");
    return usageFailure(
      terminal,
      `${list} ${existing.length === 1 ? "exists" : "exist"} already`,
      "remove it, or choose another name",
    );
  }
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(directory, path)), { recursive: true });
    await writeFile(join(directory, path), content, { flag: "wx" });
    terminal.stdout.write(`wrote ${shown(path)}\n`);
  }
  return 0;
}

/** Why a word cannot be the name of an element or project; undefined when it can. */
export function nameProblem(name: string): string | undefined {
  if (/^[a-z0-9]+(?:[._+-][a-z0-9]+)*$/.test(name)) return undefined;
  return `"${name}" is not a name: use lower-case letters and digits, with "-" between words`;
}
