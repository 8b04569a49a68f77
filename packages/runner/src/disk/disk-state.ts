import type { Undo } from "@dibkit/exec";
import { type CommandRunner, createCommandRunner } from "@dibkit/exec";
import { ok, type Result } from "@dibkit/model";
import type { BuildContext } from "../job/build-context.js";
import { commandFailed, type DiskFailure, orNoSpace } from "./disk-failure.js";
import type { DiskState } from "./disk-node.js";

/** What takes a part of a disk down again, and how that went. */
export interface TakeDown {
  readonly undo: Undo;
  readonly failure: () => DiskFailure | undefined;
}

/** An empty state, which registers what takes the disk down in `takeDowns`. */
export function createState(
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
  return async (node, argv): Promise<Result<string, DiskFailure>> => {
    const done = await commands.run(argv);
    if (done.ok) return ok(done.value.stdout);
    return orNoSpace(directory, commandFailed(node, done.error));
  };
}

/** Runs all registered take-downs in reverse, going on after a failure; gives the first failure. */
export async function takeDown(takeDowns: readonly TakeDown[]): Promise<DiskFailure | undefined> {
  for (const { undo } of [...takeDowns].reverse()) await undo.now();
  return [...takeDowns]
    .reverse()
    .find(({ failure }) => failure() !== undefined)
    ?.failure();
}

/** The device variables of upstream's scripts; the list has the form of a bash associative array. */
export function blockDeviceEnvironment(devices: ReadonlyMap<string, string>): Record<string, string> {
  const disk = devices.get("image0") ?? "";
  const list = [...devices].map(([name, device]) => ` [${name}]=${device} `).join("");
  return { IMAGE_BLOCK_DEVICE: disk, IMAGE_BLOCK_DEVICES: list, LOOPDEV: disk };
}
