import { inUserNamespace, shellCommand } from "@dibkit/exec";

/**
 * Options of pseudo-terminals. Not those of the host's: a user namespace is shown the group as the whole machine has it,
 * and does not have it itself. In every distribution group 5 is `tty`.
 */
export const PTS_OPTIONS = "newinstance,ptmxmode=0666,mode=0620,gid=5";

export interface ProcOptions {
  readonly readOnly?: boolean;
  /** Whether settings of the kernel below it cannot be changed, which is one mount more. Default: true. */
  readonly guarded?: boolean;
}

/**
 * How the kernel's own filesystems are mounted, which depends on who root is. All give commands of bash; `at` is a word
 * of bash, quoted already.
 */
export interface KernelMounts {
  readonly privilege: "root" | "namespace";
  /** How a `/dev` of the build's own gets its devices: see `private-dev.sh`. */
  readonly devices: "nodes" | "binds";
  readonly proc: (at: string, options?: ProcOptions) => string;
  readonly sys: (at: string, readOnly: boolean) => string;
  /** The one of the host, read-only, with what is mounted in it. */
  readonly hostSys: (at: string) => string;
  readonly pts: (at: string) => string;
  readonly bind: (source: string, at: string, readOnly: boolean) => string;
  /** Options of every overlay that somebody writes to. */
  readonly overlayMarks: readonly string[];
  /** Further options of an overlay of layers; `redirects`: whether a renamed directory may stay where it was. */
  readonly overlayOfLayers: (redirects: boolean) => readonly string[];
}

const pts = (at: string) => `mount -t devpts -o ${PTS_OPTIONS} devpts ${at}`;
const flagsOf = (readOnly: boolean) => (readOnly ? "-o ro " : "");

/** Settings of the kernel are the machine's, whoever mounts them: programs of an image must not change them. */
const root: KernelMounts = {
  privilege: "root",
  devices: "nodes",
  proc: (at, { readOnly = false, guarded = true } = {}) =>
    `mount ${flagsOf(readOnly)}-t proc none ${at}${guarded ? ` && mount -o bind,ro ${at}/sys ${at}/sys` : ""}`,
  sys: (at, readOnly) => `mount ${flagsOf(readOnly)}-t sysfs none ${at}`,
  hostSys: (at) => `mount --rbind /sys ${at} && mount -o remount,bind,ro ${at}`,
  pts,
  bind: (source, at, readOnly) => `mount ${readOnly ? "-o bind,ro" : "--bind"} ${shellCommand(source)} ${at}`,
  overlayMarks: [],
  // xino makes inode numbers unique where the parts of an overlay are on several filesystems.
  overlayOfLayers: (redirects) => [`redirect_dir=${redirects ? "on" : "off"}`, "index=off", "metacopy=off", "xino=on"],
};

/** Directories whose mounts have to come along. */
const WITH_MOUNTS = ["/dev", "/sys", "/proc"];

/**
 * In a user namespace the kernel shows a sysfs only to those whose network it is about, hence a network of its own for
 * the one command that mounts it.
 */
const sysOfUser = (at: string) =>
  `{ unshare --net mount -o ro -t sysfs none ${at} 2>/dev/null || command mount --rbind /sys ${at}; }`;

/** Where a container hides parts of `/proc` or `/sys`, those of the container are all that there is. */
const namespace: KernelMounts = {
  privilege: "namespace",
  devices: "binds",
  // A step notes its mounts before it does them (see `step-functions.sh`), but for those that may fail.
  proc: (at, { readOnly = false } = {}) =>
    `{ command mount ${flagsOf(readOnly)}-t proc none ${at} 2>/dev/null || command mount --rbind /proc ${at}; }`,
  sys: sysOfUser,
  hostSys: sysOfUser,
  pts,
  bind(source, at, readOnly) {
    const bind = WITH_MOUNTS.includes(source) ? "--rbind" : "--bind";
    const mounted = `mount ${bind} ${shellCommand(source)} ${at}`;
    return readOnly ? `${mounted} && mount -o remount,bind,ro ${at}` : mounted;
  },
  // Without it the mount succeeds all the same, and marks cannot be stored. It rules out redirects and metacopy.
  overlayMarks: ["userxattr"],
  overlayOfLayers: () => ["userxattr", "index=off", "xino=on"],
};

/** The way of this process. */
export function kernelMounts(): KernelMounts {
  return inUserNamespace() ? namespace : root;
}

export const KERNEL_MOUNT_WAYS: readonly KernelMounts[] = [root, namespace];
