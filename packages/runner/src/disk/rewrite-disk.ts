import { rename, rm } from "node:fs/promises";
import { resolve } from "node:path";
import { createUndoStack } from "@dibkit/exec";
import { type DiskPlan, err, ok, type Result } from "@dibkit/model";
import type { DiskFailure } from "./disk-failure.js";
import type { DiskState, RewriteState } from "./disk-node.js";
import { makeReadOnly } from "./keep-disk.js";
import { unitOf } from "./nodes/index.js";
import { whyNotRewritten } from "./rewritable-filesystem.js";

/** A filesystem whose bytes still depend on when and how it was written. */
export interface UnsettledFilesystem {
  readonly name: string;
  readonly reason: string;
}

/**
 * Writes every raw file of a mounted disk a second time, from what is on it: filesystems anew, in the order of names and
 * with one time for everything the kernel stamps, the bytes around them as they are. A kernel that writes to a mounted
 * filesystem decides by the moment where data goes and which times and numbers inodes get, so this is the only way to
 * the same bytes. The disk stays mounted, read-only; when it is unmounted the second raw files take the place of the
 * first. Gives the filesystems that had to be copied as they are.
 */
export async function rewriteDisk(
  plan: DiskPlan,
  state: DiskState,
  date: number,
): Promise<Result<readonly UnsettledFilesystem[], DiskFailure>> {
  const quiet = await makeReadOnly(state);
  if (!quiet.ok) return quiet;
  const mountPoints = new Map(
    plan.nodes.flatMap((node) =>
      node.kind === "mount"
        ? [[node.base, resolve(state.context.targetPath, node.mountPoint.replace(/^\/+/, ""))] as const]
        : [],
    ),
  );
  const unsettled = new Map<string, string>();
  for (const filesystem of state.filesystems.values()) {
    const reason = await whyNotRewritten(filesystem, mountPoints.get(filesystem.name));
    if (reason !== undefined) unsettled.set(filesystem.name, reason);
  }
  const taken = createUndoStack();
  let failure: DiskFailure | undefined;
  const copy: RewriteState = {
    ...state,
    ...{ devices: new Map(), images: new Map(), blockSizes: new Map(), filesystems: new Map(), mounted: new Map() },
    ...{ original: state, date, mountPoints, kept: undefined },
    isRewritten: (name) => {
      const type = state.filesystems.get(name)?.type;
      return type !== undefined && type !== "swap" && !unsettled.has(name);
    },
    onTakeDown: (label, action) => {
      taken.defer(label, async () => {
        const done = await action();
        if (!done.ok) failure ??= done.error;
      });
    },
  };
  for (const node of plan.nodes) {
    const rewritten = await (unitOf(node).rewrite?.(node, copy) ?? ok(undefined));
    if (rewritten.ok) continue;
    failure = rewritten.error;
    break;
  }
  await taken.unwind();
  if (failure !== undefined) {
    for (const image of copy.images.values()) await rm(image, { force: true });
    return err(failure);
  }
  for (const [name, image] of copy.images) state.rewritten.set(name, image);
  return ok([...unsettled].map(([name, reason]) => ({ name, reason })));
}

/** Puts rewritten raw files in the place of those that scripts wrote to. */
export async function takeRewritten({ images, rewritten }: DiskState): Promise<void> {
  for (const [name, path] of rewritten) await rename(path, images.get(name) ?? path);
}
