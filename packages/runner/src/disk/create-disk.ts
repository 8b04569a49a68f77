import { mkdir, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import type { Undo } from "@dibkit/exec";
import { type CommandRunner, createCommandRunner, type HostTool, uniqueTools } from "@dibkit/exec";
import type { DiskPlan, Result } from "@dibkit/model";
import { err, ok } from "@dibkit/model";
import { pathInside } from "../host/inside-root.js";
import type { BuildContext } from "../job/build-context.js";
import { commandFailed, type DiskFailure, orNoSpace } from "./disk-failure.js";
import type { DiskState } from "./disk-node.js";
import { keepDisk } from "./keep-disk.js";
import type { MountedDisk } from "./mounted-disk.js";
import { unitOf } from "./nodes/index.js";
import { rewriteDisk, takeRewritten } from "./rewrite-disk.js";

/** Host programs a plan needs. */
export function diskTools(plan: DiskPlan): readonly HostTool[] {
  return uniqueTools(plan.nodes.flatMap((node) => unitOf(node).tools(node)));
}

/** What this host cannot do for a plan, known before anything is built. */
export function checkDiskHost(plan: DiskPlan): readonly DiskFailure[] {
  return plan.nodes.flatMap((node) => unitOf(node).check?.(node) ?? []);
}

interface TakeDown {
  readonly undo: Undo;
  readonly failure: () => DiskFailure | undefined;
}

/**
 * Makes, partitions, formats and mounts the disk of a plan under `context.targetPath` and writes `etc/fstab` into the
 * root tree. Everything is registered on the undo stack before it is done; on failure what was made is taken down.
 */
export function createDisk(plan: DiskPlan, context: BuildContext): Promise<Result<MountedDisk, DiskFailure>> {
  return openDisk(plan, context, (node, state) => unitOf(node).create(node, state));
}

/** Raw files of a populated disk, and the plan it was made from. */
export interface DiskCopy {
  readonly plan: DiskPlan;
  /** By the name of the disk. */
  readonly images: Readonly<Record<string, string>>;
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
  const fstab = await pathInside(context.treePath, "etc/fstab");
  await mkdir(dirname(fstab), { recursive: true });
  await writeFile(fstab, plan.fstab);
  const images = Object.fromEntries(state.images);
  const imagePath = images.image0 ?? "";
  return ok({
    rootPath: context.targetPath,
    imagePath,
    images,
    environment: blockDeviceEnvironment(state.devices),
    keep: (directory) => keepDisk(state, directory),
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

function createState(
  context: BuildContext,
  takeDowns: TakeDown[],
  kept: Readonly<Record<string, string>> | undefined,
): DiskState {
  return {
    context,
    mounted: new Map(),
    ...(kept === undefined ? {} : { kept }),
    devices: new Map(),
    images: new Map(),
    blockSizes: new Map(),
    filesystems: new Map(),
    rewritten: new Map(),
    run: runWith(context.commands, context.imageDirectory),
    clean: runWith(createCommandRunner(), context.imageDirectory),
    onTakeDown: (label, action) => {
      let failure: DiskFailure | undefined;
      const undo = context.undo.defer(label, async () => {
        const done = await action();
        if (!done.ok) failure = done.error;
      });
      takeDowns.push({ undo, failure: () => failure });
    },
  };
}

function runWith(commands: CommandRunner, directory: string): DiskState["run"] {
  return async (node, argv) => {
    const done = await commands.run(argv);
    if (done.ok) return ok(done.value.stdout);
    return orNoSpace(directory, commandFailed(node, done.error));
  };
}

/** Runs all registered take-downs in reverse, going on after a failure; gives the first failure. */
async function takeDown(takeDowns: readonly TakeDown[]): Promise<DiskFailure | undefined> {
  for (const { undo } of [...takeDowns].reverse()) await undo.now();
  return [...takeDowns]
    .reverse()
    .find(({ failure }) => failure() !== undefined)
    ?.failure();
}

/** The device variables of upstream's scripts; the list has the form of a bash associative array. */
function blockDeviceEnvironment(devices: ReadonlyMap<string, string>): Record<string, string> {
  const disk = devices.get("image0") ?? "";
  const list = [...devices].map(([name, device]) => ` [${name}]=${device} `).join("");
  return { IMAGE_BLOCK_DEVICE: disk, IMAGE_BLOCK_DEVICES: list, LOOPDEV: disk };
}
