import { access, open, stat } from "node:fs/promises";
import { basename } from "node:path";
import { setTimeout } from "node:timers/promises";
import { err, ok, type Result } from "@dibkit/model";
import type { CommandRunner } from "../exec/command-runner.js";
import { commandFailed, type DiskFailure } from "./disk-failure.js";
import type { DiskState } from "./disk-node.js";

export interface LoopDevice {
  readonly path: string;
  /** Takes the device away from its file. The kernel does the same when dibkit dies. */
  readonly detach: () => Promise<Result<void, DiskFailure>>;
}

const LOOP_MAJOR = "7";
const FREEING_ATTEMPTS = 200;
const FREEING_PAUSE_MS = 25;

/**
 * Attaches a raw file to a free loop device. The device is held open and marked auto-clear at once (`losetup -d` does
 * that to a device in use), so the kernel detaches it when dibkit is killed, whatever else still happens.
 */
export async function attachLoop(
  node: string,
  file: string,
  blockSize: number,
  state: DiskState,
): Promise<Result<LoopDevice, DiskFailure>> {
  const attached = await attach(node, file, blockSize, state);
  if (!attached.ok) return attached;
  const path = attached.value;
  // Whoever had this device before may have left partition nodes; they would be taken for ours.
  await state.context.commands.run(["partx", "-d", path]);
  const handle = await open(path, "r");
  const marked = await state.run(node, ["losetup", "-d", path]);
  if (!marked.ok) {
    await handle.close();
    return marked;
  }
  const detach = async () => {
    await state.context.commands.run(["partx", "-d", path]);
    await handle.close();
    if (!(await isFreed(path, file, state.context.commands))) {
      state.context.emit({
        type: "warning",
        message: `${path} is still in use by another program, and is freed when that ends`,
      });
    }
    return ok(undefined);
  };
  return ok({ path, detach });
}

async function attach(
  node: string,
  file: string,
  blockSize: number,
  { context }: DiskState,
): Promise<Result<string, DiskFailure>> {
  const sectors = blockSize === 512 ? [] : ["--sector-size", String(blockSize)];
  // Another process may take the device between finding and using it, hence the attempts.
  for (let attempt = 1; ; attempt += 1) {
    const free = await context.commands.run(["losetup", "--find"]);
    if (!free.ok) return noLoopDevice(node, free.error.tail.at(-1));
    const device = free.value.stdout.trim();
    await ensureNode(device, context.commands);
    const used = await context.commands.run(["losetup", ...sectors, device, file]);
    if (used.ok) return ok(device);
    const reason = used.error.tail.at(-1) ?? "";
    if (/busy/i.test(reason) && attempt < 20) continue;
    return /No such (file|device)|failed to set up loop device: (?!Device)/i.test(reason)
      ? noLoopDevice(node, reason)
      : commandFailed(node, used.error);
  }
}

/**
 * Waits until the kernel has let go of the file: it does so with the last close, and others may look at the device.
 * Files are told apart by inode, because the path the kernel shows depends on the mount namespace.
 */
async function isFreed(device: string, file: string, commands: CommandRunner): Promise<boolean> {
  const { ino } = await stat(file);
  for (let attempt = 0; attempt < FREEING_ATTEMPTS; attempt += 1) {
    if (!(await exists(`/sys/block/${basename(device)}/loop`))) return true;
    const shown = await commands.run(["losetup", "--noheadings", "--raw", "--output", "BACK-INO", device]);
    if (!shown.ok || shown.value.stdout.trim() !== String(ino)) return true;
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
