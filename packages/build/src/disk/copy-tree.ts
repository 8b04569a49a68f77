import { ok, type Result } from "@dibkit/model";
import type { BuildContext } from "../run/build-context.js";
import { commandFailed, type DiskFailure } from "./disk-failure.js";

/**
 * Copies everything in a tree (dot files too, unlike upstream) into another directory: owners, modes, times, hard links,
 * extended attributes and holes kept. The directories that are mount points there stay.
 */
export async function copyTree(from: string, to: string, context: BuildContext): Promise<Result<void, DiskFailure>> {
  const copied = await context.commands.run(["cp", "-a", "--", `${from}/.`, to]);
  return copied.ok ? ok(undefined) : commandFailed("copy", copied.error);
}

/** KiB that a tree takes on disk, other filesystems mounted in it left out, as upstream measures it. */
export async function measureTree(path: string, context: BuildContext): Promise<Result<number, DiskFailure>> {
  const measured = await context.commands.run(["du", "-s", "-k", "-x", "--", path]);
  return measured.ok ? ok(Number.parseInt(measured.value.stdout, 10)) : commandFailed("size", measured.error);
}
