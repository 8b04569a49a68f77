import { access, appendFile, type FileHandle, open, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { setTimeout } from "node:timers/promises";
import type { CommandRunner } from "@dibkit/exec";
import { err, ok, type Result } from "@dibkit/model";
import type { DiskFailure } from "./disk-failure.js";
import type { DiskState } from "./disk-node.js";

export interface LoopDevice {
  readonly path: string;
  /** Takes the device away from its file. The kernel does the same when dibkit dies. */
  readonly detach: () => Promise<Result<void, DiskFailure>>;
}

/** File in the scratch directory of a build with a line for each device that it may have used. */
export const LOOP_DEVICES = "loop-devices";

const LOOP_MAJOR = "7";
const ATTACHING_ATTEMPTS = 20;
const FREEING_ATTEMPTS = 200;
const FREEING_PAUSE_MS = 25;

/**
 * Attaches a raw file to a free loop device. The device is held open, so that `losetup -d` right after attaching only
 * marks it auto-clear: from then on the kernel detaches it when dibkit is killed, whatever else still happens.
 */
export async function attachLoop(
  node: string,
  file: string,
  blockSize: number,
  state: DiskState,
): Promise<Result<LoopDevice, DiskFailure>> {
  const { commands } = state.context;
  const sectors = blockSize === 512 ? [] : ["--sector-size", String(blockSize)];
  // Another process may take the device between finding and using it, hence the attempts.
  for (let attempt = 1; ; attempt += 1) {
    const free = await commands.run(["losetup", "--find"]);
    if (!free.ok) return noLoopDevice(node, free.error.tail.at(-1));
    const path = free.value.stdout.trim();
    await ensureNode(path, commands);
    await appendFile(join(state.context.scratchDirectory, LOOP_DEVICES), `${path}\n`);
    const handle = await open(path, "r").catch(() => undefined);
    if (handle === undefined) return noLoopDevice(node, `${path} cannot be opened`);
    const attached = await state.clean(node, ["sh", "-c", ATTACH, "sh", path, ...sectors, path, file]);
    if (!attached.ok) {
      await handle.close();
      if (/busy/i.test(attached.error.message) && attempt < ATTACHING_ATTEMPTS) continue;
      return /: (Device or resource busy|Invalid argument)/i.test(attached.error.message)
        ? attached
        : noLoopDevice(node, attached.error.message);
    }
    // Whoever had this device before may have left partition nodes; they would be taken for ours.
    await commands.run(["partx", "-d", path]);
    return ok({ path, detach: () => detach(path, file, handle, state, node) });
  }
}

// In one command, because a process killed between the two would leave the device attached for ever.
const ATTACH = 'device=$1; shift; losetup "$@" && losetup -d "$device"';

async function detach(
  path: string,
  file: string,
  handle: FileHandle,
  { clean, context }: DiskState,
  node: string,
): Promise<Result<void, DiskFailure>> {
  await clean(node, ["partx", "-d", path]);
  await handle.close();
  if (!(await isFreed(node, path, file, clean))) {
    const message = `${path} is still in use by another program, and is freed when that ends`;
    context.emit({ type: "warning", message });
  }
  return ok(undefined);
}

/**
 * Waits until the kernel has let go of the file: it does so with the last close, and others may look at the device.
 * Files are told apart by inode, because the path the kernel shows depends on the mount namespace.
 */
async function isFreed(node: string, device: string, file: string, clean: DiskState["clean"]): Promise<boolean> {
  const { ino } = await stat(file);
  for (let attempt = 0; attempt < FREEING_ATTEMPTS; attempt += 1) {
    if (!(await exists(`/sys/block/${basename(device)}/loop`))) return true;
    const shown = await clean(node, ["losetup", "--noheadings", "--raw", "--output", "BACK-INO", device]);
    if (!shown.ok || shown.value.trim() !== String(ino)) return true;
    await setTimeout(FREEING_PAUSE_MS);
  }
  return false;
}

/** In a container with a `/dev` of its own the kernel makes no node for a new loop device. */
async function ensureNode(device: string, commands: CommandRunner): Promise<void> {
  const minor = /^\/dev\/loop(\d+)$/.exec(device)?.[1];
  if (minor === undefined || (await exists(device))) return;
  await commands.run(["mknod", "-m", "0660", device, "b", LOOP_MAJOR, minor]);
}

export async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

function noLoopDevice(node: string, reason: string | undefined): Result<never, DiskFailure> {
  return err({
    kind: "no-loop-device",
    node,
    message: `no free loop device for disk "${node}"${reason === undefined ? "" : `: ${reason}`}`,
    help: 'list users with "losetup --list", detach unused ones, or in a container pass /dev/loop-control and /dev/loop*',
  });
}
