import { lstatSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { PHASES, type Phase } from "@dibkit/model";
import { KERNEL_MOUNTS } from "../host/record-mounts.js";
import type { BuildRequest } from "../job/build-request.js";
import type { MountRecord } from "../job/mount-record.js";
import { isWhiteout } from "../job/whiteout.js";
import type { HooksTree } from "../plan/hooks-tree.js";
import type { AfterScript } from "../plan/script-step.js";

const TARGET_PHASES = (PHASES as readonly Phase[]).filter(({ side }) => side === "target").map(({ name }) => name);

/** Whether a build runs anything inside the image. */
export function runsInTarget(hooks: HooksTree, { packages }: Pick<BuildRequest, "packages">): boolean {
  const inTarget = (path: string) => TARGET_PHASES.some((phase) => path.startsWith(`${phase}/`));
  return packages.length > 0 || [...hooks.entries.keys()].some(inTarget);
}

/**
 * What a script of `root.d` that ended with 0 has left that no image can be made of: some scripts go wrong and do not
 * say so with their exit code. Undefined when all is well. A layer of such a root would be found again by every build.
 *
 * `mounts` are those in the root before and after it, `roots` the directories its tree consists of, newest first.
 */
export function rootTrouble(
  after: AfterScript,
  mounts: { readonly before: readonly MountRecord[]; readonly after: readonly MountRecord[] },
  roots: readonly string[],
): string | undefined {
  const isNew = ({ at }: MountRecord) => !mounts.before.some((one) => one.at === at);
  const left = mounts.after.filter(isNew).find(({ at }) => KERNEL_MOUNTS.some((one) => one.at === at));
  const mayUnmount = after.scripts.some((text) => text === undefined || /\bu(n)?mount\b/.test(text));
  // They are made for all scripts that follow root.d, over whatever is there.
  if (left !== undefined && !mayUnmount) return `left "/${left.at}" mounted in the root`;
  const hasShell = ["bin/sh", "usr/bin/sh"].some((path) => isThere(roots, path));
  if (after.scripts.length > 0 || !after.needsShell || hasShell) return undefined;
  // Nothing at all has a message of its own.
  return roots.some(holdsAnything) ? "left a root without a shell, which scripts in the image need" : undefined;
}

function holdsAnything(root: string): boolean {
  return lstatSync(root, { throwIfNoEntry: false })?.isDirectory() === true && readdirSync(root).length > 0;
}

function isThere(roots: readonly string[], path: string): boolean {
  const statuses = roots.map((root) => lstatSync(join(root, path), { throwIfNoEntry: false }));
  const newest = statuses.find((status) => status !== undefined);
  return newest !== undefined && !isWhiteout(newest);
}
