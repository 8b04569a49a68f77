import { rm } from "node:fs/promises";
import { uniqueTools } from "@dibkit/exec";
import { type DiskPlan, err, ok, type Result } from "@dibkit/model";
import type { BuildContext } from "../../job/build-context.js";
import type { DiskAssembler, DiskCopy } from "../disk-assembler.js";
import type { DiskFailure } from "../disk-failure.js";
import { blockDeviceEnvironment, createState, type TakeDown, takeDown } from "../disk-state.js";
import type { MountedDisk } from "../mounted-disk.js";
import { writeFstab } from "../write-fstab.js";
import { assembleDisk } from "./assemble-disk.js";
import { checkFiles, filesTools } from "./check-files.js";
import { fileUnitOf } from "./file-nodes.js";
import type { FilesState } from "./files-state.js";
import { canKeepFiles, filesOfDisk, keepFiles } from "./kept-files.js";
import { hideTrees, showTree, showTreesAgain } from "./show-tree.js";

/**
 * Disks in files alone: scripts see overlays over the tree, and files that play the disk's devices; filesystems are
 * written from those trees when the scripts are done.
 */
export const filesAssembler: DiskAssembler = {
  way: "files",
  tools: (plan, repeatable) => uniqueTools(filesTools(plan, repeatable)),
  check: checkFiles,
  keeps: "empty",
  open: (plan, context) => openFiles(plan, context, undefined),
  reopen: ({ plan, images }, context) => openFiles(plan, context, images),
};

async function openFiles(
  plan: DiskPlan,
  context: BuildContext,
  kept: DiskCopy["images"] | undefined,
): Promise<Result<MountedDisk, DiskFailure>> {
  const takeDowns: TakeDown[] = [];
  const state: FilesState = {
    ...createState(context, takeDowns, kept),
    ...{ regions: new Map(), standIns: new Map(), mountPoints: new Map(), overlays: new Map(), shown: new Set() },
  };
  for (const node of plan.nodes) {
    const opened = await fileUnitOf(node).open(node, state);
    if (opened.ok) continue;
    await takeDown(takeDowns);
    await removeFiles(state);
    return err(opened.error);
  }
  await writeFstab(plan, context);
  return ok(diskOf(plan, state, takeDowns));
}

function diskOf(plan: DiskPlan, state: FilesState, takeDowns: readonly TakeDown[]): MountedDisk {
  const images = Object.fromEntries(state.images);
  const imagePath = images.image0 ?? "";
  let isWritten = false;
  const write = (date: number | undefined) => {
    isWritten = true;
    return assembleDisk(plan, state, date);
  };
  return {
    rootPath: state.context.targetPath,
    imagePath,
    images,
    environment: blockDeviceEnvironment(state.devices),
    standIns: [...state.devices.values()],
    fill: () => showTrees(plan, state),
    overlays: () => ({
      filesystems: [...state.overlays.values()],
      devices: filesOfDisk(state),
      hide: () => hideTrees(state),
      show: (base, layers) => showTreesAgain(base, layers, state),
    }),
    ...(canKeepFiles(plan) ? { keep: (directory: string) => keepFiles(state, directory) } : {}),
    rewrite: write,
    unmount: async () => {
      const written = isWritten ? ok(undefined) : await write(undefined);
      const failure = await takeDown(takeDowns);
      if (!written.ok) return written;
      return failure === undefined ? ok({ imagePath, images }) : err(failure);
    },
    finish: async () => {
      await takeDown(takeDowns);
      await removeFiles(state);
    },
  };
}

async function showTrees(plan: DiskPlan, state: FilesState): Promise<Result<void, DiskFailure>> {
  for (const node of plan.nodes) {
    const shown = node.kind === "mount" ? await showTree(node, state) : ok(undefined);
    if (!shown.ok) return shown;
  }
  return ok(undefined);
}

async function removeFiles(state: FilesState): Promise<void> {
  for (const file of [...state.images.values(), ...state.standIns.values()]) await rm(file, { force: true });
}
