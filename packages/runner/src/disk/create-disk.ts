import { rm } from "node:fs/promises";
import { type HostTool, uniqueTools } from "@dibkit/exec";
import type { DiskPlan, Result } from "@dibkit/model";
import { err, ok } from "@dibkit/model";
import type { BuildContext } from "../job/build-context.js";
import { copyTree } from "./copy-tree.js";
import type { DiskCopy } from "./disk-assembler.js";
import type { DiskFailure } from "./disk-failure.js";
import type { DiskState } from "./disk-node.js";
import { blockDeviceEnvironment, createState, type TakeDown, takeDown } from "./disk-state.js";
import { canBeKept, keepDisk } from "./keep-disk.js";
import type { MountedDisk } from "./mounted-disk.js";
import { unitOf } from "./nodes/index.js";
import { rewriteDisk, takeRewritten } from "./rewrite-disk.js";
import { writeFstab } from "./write-fstab.js";

/** Host programs a plan needs. */
export function diskTools(plan: DiskPlan): readonly HostTool[] {
  return uniqueTools(plan.nodes.flatMap((node) => unitOf(node).tools(node)));
}

/** What this host cannot do for a plan, known before anything is built. */
export function checkDiskHost(plan: DiskPlan): readonly DiskFailure[] {
  return plan.nodes.flatMap((node) => unitOf(node).check?.(node) ?? []);
}

/**
 * Makes, partitions, formats and mounts the disk of a plan under `context.targetPath` and writes `etc/fstab` into the
 * root tree. Everything is registered on the undo stack before it is done; on failure what was made is taken down.
 */
export function createDisk(plan: DiskPlan, context: BuildContext): Promise<Result<MountedDisk, DiskFailure>> {
  return openDisk(plan, context, (node, state) => unitOf(node).create(node, state));
}

/** Mounts a copy of a disk that `keep` of a mounted disk has made, with everything that was on it. */
export function reopenDisk(
  { plan, images }: DiskCopy,
  context: BuildContext,
): Promise<Result<MountedDisk, DiskFailure>> {
  const open: OpenNode = (node, state) => (unitOf(node).reopen ?? unitOf(node).create)(node, state);
  return openDisk(plan, context, open, images);
}

type OpenNode = (node: DiskPlan["nodes"][number], state: DiskState) => Promise<Result<void, DiskFailure>>;

async function openDisk(
  plan: DiskPlan,
  context: BuildContext,
  open: OpenNode,
  kept?: Readonly<Record<string, string>>,
): Promise<Result<MountedDisk, DiskFailure>> {
  const takeDowns: TakeDown[] = [];
  const state = createState(context, takeDowns, kept);
  for (const node of plan.nodes) {
    const opened = await open(node, state);
    if (opened.ok) continue;
    await takeDown(takeDowns);
    for (const image of state.images.values()) await rm(image, { force: true });
    return err(opened.error);
  }
  await writeFstab(plan, context);
  const images = Object.fromEntries(state.images);
  const imagePath = images.image0 ?? "";
  return ok({
    rootPath: context.targetPath,
    imagePath,
    images,
    environment: blockDeviceEnvironment(state.devices),
    standIns: [],
    fill: () => copyTree(context.treePath, context.targetPath, context),
    ...(canBeKept(plan) ? { keep: (directory: string) => keepDisk(state, directory) } : {}),
    rewrite: (date) => rewriteDisk(plan, state, date),
    unmount: async () => {
      const failure = await takeDown(takeDowns);
      await takeRewritten(state);
      return failure === undefined ? ok({ imagePath, images }) : err(failure);
    },
    finish: async () => {
      await takeDown(takeDowns);
      for (const image of [...state.images.values(), ...state.rewritten.values()]) await rm(image, { force: true });
    },
  });
}
