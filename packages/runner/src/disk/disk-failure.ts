import { statfs } from "node:fs/promises";
import { type CommandFailure, describeFailure } from "@dibkit/exec";
import { err, type Result } from "@dibkit/model";

/** Why a disk could not be made, mounted or taken down. Every kind carries a message for people. */
export type DiskFailure =
  /** A host tool failed; `node` is the block-device node that needed it. */
  | {
      readonly kind: "disk-command-failed";
      readonly node: string;
      readonly message: string;
      readonly help?: string;
      readonly command: CommandFailure;
    }
  /** No free loop device, and none can be made. */
  | { readonly kind: "no-loop-device"; readonly node: string; readonly message: string; readonly help: string }
  /** The kernel or the host lacks something the configuration needs, such as device-mapper for LVM. */
  | { readonly kind: "host-cannot"; readonly node: string; readonly message: string; readonly help: string }
  /** The image directory or the disk is full. */
  | { readonly kind: "no-space"; readonly node: string; readonly message: string; readonly help: string };

/** What tools say when a filesystem is full: the kernel, e2fsprogs and mtools. */
const FULL = /No space left on device|Could not allocate (block|inode) in ext2 filesystem|^Disk full$/;

/** ext4 keeps 16 MiB to itself that count as free. */
const LEAST_FREE_BYTES = 48 * 1024 ** 2;

/**
 * The failure of a tool that works on a raw file in `directory`: a device whose file cannot grow answers with errors of
 * its own, such as "Input/output error".
 */
export async function orNoSpace(
  directory: string,
  failed: Result<never, DiskFailure>,
): Promise<Result<never, DiskFailure>> {
  if (failed.ok || failed.error.kind !== "disk-command-failed") return failed;
  const free = await statfs(directory).catch(() => undefined);
  if (free === undefined || free.bfree * free.bsize >= LEAST_FREE_BYTES) return failed;
  const { node, message } = failed.error;
  const help = `free space on the filesystem of "${directory}"`;
  return err({ kind: "no-space", node, message: `${message} (no space left in "${directory}")`, help });
}

/** The failure of a host tool, with its last line of output in the message. */
export function commandFailed(node: string, command: CommandFailure): Result<never, DiskFailure> {
  const reason = command.tail.findLast((line) => line.trim() !== "" && !/^\s*Run `.* --help'/.test(line));
  const message = `block-device node "${node}": ${describeFailure(command)}${reason === undefined ? "" : `: ${reason.trim()}`}`;
  if (command.tail.some((line) => FULL.test(line))) {
    return err({
      kind: "no-space",
      node,
      message,
      help: "free space in the image directory, or make the image larger with --image-size",
    });
  }
  const tooSmall = command.tail.some((line) => line.includes("journal size too big"));
  const help =
    'give a smaller journal with "--mkfs-journal-size 4" or DIB_JOURNAL_SIZE=4, or a larger image with --image-extra-size';
  return err({ kind: "disk-command-failed", node, message, ...(tooSmall ? { help } : {}), command });
}
