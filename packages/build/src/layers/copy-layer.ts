import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { copyTree } from "../disk/copy-tree.js";
import type { CommandRunner } from "../exec/command-runner.js";

/**
 * Copies the trees of a layer, overlay's whiteouts and marks too, into a new directory; false when somebody killed the
 * program that does. Throws ENOSPC when the disk is full.
 */
export async function copyLayer(
  commands: CommandRunner,
  from: string,
  to: string,
  trees: readonly string[],
): Promise<boolean> {
  await rm(to, { recursive: true, force: true });
  await mkdir(to, { recursive: true });
  for (const name of trees) {
    await mkdir(join(to, name));
    const copied = await copyTree(join(from, name), join(to, name), { commands });
    if (copied.ok) continue;
    if (copied.error.kind === "no-space") throw Object.assign(new Error("no space left"), { code: "ENOSPC", path: to });
    return false;
  }
  return true;
}
