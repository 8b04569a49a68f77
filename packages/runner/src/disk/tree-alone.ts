import { join } from "node:path";
import { err, type Result } from "@dibkit/model";
import type { DiskFailure } from "./disk-failure.js";
import type { DiskState } from "./disk-node.js";

/** Shows a directory alone, without the filesystems that are mounted inside it, for as long as `work` takes. */
export async function withTreeAlone<T>(
  node: string,
  directory: string,
  { context, run, clean }: Pick<DiskState, "context" | "run" | "clean">,
  work: (tree: string) => Promise<Result<T, DiskFailure>>,
): Promise<Result<T, DiskFailure>> {
  const tree = join(context.scratchDirectory, `tree-${node}`);
  const shown = await run(node, ["sh", "-c", 'mkdir -p "$2" && mount --bind "$1" "$2"', "sh", directory, tree]);
  if (!shown.ok) return err(shown.error);
  try {
    return await work(tree);
  } finally {
    await clean(node, ["umount", tree]);
  }
}
