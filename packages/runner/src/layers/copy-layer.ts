import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { CommandRunner } from "@dibkit/exec";
import { err, ok, type Result } from "@dibkit/model";
import { copyTree } from "../disk/copy-tree.js";

/** The disk is full, or the program that copies failed or was killed; `tail` is what it said last. */
export interface CopyFailure {
  readonly kind: "no-space" | "failed";
  readonly tail: readonly string[];
}

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
      if (copied.ok) continue;
      const { error } = copied;
      const tail = error.kind === "disk-command-failed" ? error.command.tail : [];
      return { kind: error.kind === "no-space" ? "no-space" : "failed", tail };
    }
    return undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOSPC") return { kind: "no-space", tail: [] };
    throw error;
  }
}
