import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { CommandRunner } from "@dibkit/exec";

export interface VerifyScratch {
  readonly directory: string;
  remove(): Promise<void>;
}

const OWNER = "owner";

/**
 * A directory beside the layers, on a filesystem that can hold some, for two whole builds. What a killed verification
 * has left there is removed first.
 */
export async function openVerifyScratch(store: string, commands: CommandRunner): Promise<VerifyScratch> {
  const parent = join(store, "verify");
  await mkdir(parent, { recursive: true });
  for (const name of await readdir(parent)) {
    const left = join(parent, name);
    if (!(await isOwned(left, commands))) await rm(left, { recursive: true, force: true });
  }
  const directory = await mkdtemp(join(parent, "v-"));
  await writeFile(join(directory, OWNER), String(process.pid));
  return { directory, remove: () => rm(directory, { recursive: true, force: true }) };
}

/** Whether the process that made it still runs. */
async function isOwned(directory: string, commands: CommandRunner): Promise<boolean> {
  const running = await commands.run(["sh", "-c", 'kill -0 "$(cat "$1")"', "sh", join(directory, OWNER)]);
  return running.ok;
}
