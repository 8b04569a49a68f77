import { rmSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A directory below `TMPDIR` until it is removed, or until the process ends: a test that fails leaves nothing either. */
export interface ScratchDirectory {
  readonly path: string;
  readonly remove: () => Promise<void>;
}

export async function openScratchDirectory(): Promise<ScratchDirectory> {
  const path = await mkdtemp(join(tmpdir(), "dibkit-testing-"));
  const onExit = () => rmSync(path, { recursive: true, force: true });
  process.once("exit", onExit);
  return {
    path,
    remove: async () => {
      process.off("exit", onExit);
      await rm(path, { recursive: true, force: true });
    },
  };
}
