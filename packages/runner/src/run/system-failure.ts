import type { BuildFailure } from "../job/build-job.js";

/** What the operating system says of a place, and what to do about it; everything else is a bug. */
const REASONS: Readonly<Record<string, readonly [reason: string, help: string]>> = {
  ENOSPC: [
    "no space is left on the device",
    "free some space there, then run the same command again to go on from here",
  ],
  EDQUOT: ["the quota is used up", "free some space there, then run the same command again to go on from here"],
  EROFS: ["the filesystem is read-only", "choose another directory, or make it writable"],
  EACCES: ["permission was denied", "choose another directory, or run as root"],
  EPERM: ["the operation is not permitted", "choose another directory, or run as root"],
  EIO: ["the device has an input or output error", "look at the kernel's messages with dmesg"],
  EMFILE: ["too many files are open", 'raise the limit with "ulimit -n"'],
  ENFILE: ["too many files are open on this machine", "end some other programs"],
};

/** The failure of a build that an error of a file operation means; undefined when it is none of the machine's. */
export function systemFailure(error: unknown): Extract<BuildFailure, { readonly kind: "stage-failed" }> | undefined {
  const { code, path, syscall } = (error ?? {}) as NodeJS.ErrnoException;
  // Node's mkdir with parents says ENOENT of a full disk.
  const [reason, help] = REASONS[code === "ENOENT" && syscall === "mkdir" ? "ENOSPC" : (code ?? "")] ?? [];
  if (reason === undefined || help === undefined) return undefined;
  const what = path === undefined ? `cannot ${syscall ?? "write"} a file of the build` : `cannot write "${path}"`;
  return { kind: "stage-failed", message: `${what}: ${reason}`, tail: [], help };
}
