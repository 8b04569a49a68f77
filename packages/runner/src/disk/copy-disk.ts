import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { CommandRunner } from "@dibkit/exec";

const known = new Map<string, Promise<boolean>>();

/** Whether a copy within this directory takes neither time nor space, because the filesystem lets files share blocks. */
export function sharesBlocks(directory: string, commands: CommandRunner): Promise<boolean> {
  const shares = known.get(directory) ?? tryToShare(directory, commands);
  known.set(directory, shares);
  return shares;
}

async function tryToShare(directory: string, commands: CommandRunner): Promise<boolean> {
  const [from, to] = [join(directory, "shared"), join(directory, "shared-copy")];
  await writeFile(from, "x");
  const copied = await commands.run(["cp", "--reflink=always", "--", from, to]);
  for (const file of [from, to]) await rm(file, { force: true });
  return copied.ok;
}

/** Copies a raw file: without copying anything where the filesystem can share blocks, else only what is no hole. */
export function copyDiskCommand(from: string, to: string): readonly string[] {
  return ["cp", "--reflink=auto", "--sparse=auto", "--", from, to];
}
