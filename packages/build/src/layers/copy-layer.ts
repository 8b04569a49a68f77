import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { err, ok, type Result } from "@dibkit/model";
import { copyTree } from "../disk/copy-tree.js";
import type { CommandRunner } from "../exec/command-runner.js";

/** The disk is full, or somebody killed the program that copies. */
export type CopyFailure = "no-space" | "killed";

/** Copies the trees of a layer, overlay's whiteouts and marks too, into a new directory; leaves none when it cannot. */
export async function copyLayer(
  commands: CommandRunner,
  from: string,
  to: string,
  trees: readonly string[],
): Promise<Result<void, CopyFailure>> {
  await rm(to, { recursive: true, force: true });
  const failure = await copyTrees(commands, from, to, trees);
  if (failure === undefined) return ok(undefined);
  await rm(to, { recursive: true, force: true });
  return err(failure);
}

async function copyTrees(
  commands: CommandRunner,
  from: string,
  to: string,
  trees: readonly string[],
): Promise<CopyFailure | undefined> {
  try {
    await mkdir(to);
    for (const name of trees) {
      await mkdir(join(to, name));
      const copied = await copyTree(join(from, name), join(to, name), { commands });
      if (!copied.ok) return copied.error.kind === "no-space" ? "no-space" : "killed";
    }
    return undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOSPC") return "no-space";
    throw error;
  }
}
