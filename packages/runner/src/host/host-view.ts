import { bashCommand, shellCommand, shellQuote } from "@dibkit/exec";
import { containerDirectories } from "./container-storage.js";
import { type KernelMounts, kernelMounts, PTS_OPTIONS } from "./kernel-mounts.js";
import { isWithin } from "./mount-table.js";
import { PRIVATE_DEV_SCRIPT } from "./private-dev-sh.js";
import type { HostLayout } from "./read-host.js";
import { SHOW_ENTRIES_SCRIPT } from "./show-entries-sh.js";

/** How one place of the host is shown to the build. */
export type ViewMount =
  | OverlayMount
  /** Memory, empty; `optional`: only where there is such a directory. */
  | { readonly kind: "tmpfs"; readonly at: string; readonly optional?: boolean }
  | { readonly kind: "link"; readonly at: string; readonly target: string }
  /** A `/dev` of the build's own, see `private-dev.sh`. */
  | { readonly kind: "devices"; readonly at: string }
  | { readonly kind: "proc"; readonly at: string }
  /** sysfs, read-only; what is mounted in it (control groups, SELinux) is the host's. */
  | { readonly kind: "sys"; readonly at: string }
  | { readonly kind: "read-only-bind"; readonly at: string }
  /** A directory of the build's own in place of the host's. */
  | { readonly kind: "own-directory"; readonly from: string; readonly at: string }
  /** Really the host's directory: caches, store, outputs. */
  | { readonly kind: "writable-bind"; readonly at: string }
  /** A socket of the host: nobody listens behind what an overlay shows of it. */
  | { readonly kind: "socket"; readonly from: string; readonly at: string };

/** The host's directory with a throw-away upper layer. */
interface OverlayMount {
  readonly kind: "overlay";
  readonly at: string;
  readonly upper: string;
  readonly work: string;
  /** What is shown where it cannot be overlaid. Default: the host's directory, read-only. */
  readonly otherwise?: "memory-layer" | "tmpfs" | "entries";
}

export interface HostViewRequest extends HostLayout {
  /** Empty directory where the view is put together. */
  readonly mountPoint: string;
  /** Directory for the throw-away layers. */
  readonly scratch: string;
  /** Existing absolute directories that stay writable. */
  readonly writable: readonly string[];
  /** Sockets of the host, and where the build finds them: a path in one of the writable directories. */
  readonly sockets?: readonly { readonly from: string; readonly at: string }[];
}

/** The throw-away layer on top of the host's root, or in a user namespace the directory of those of its directories. */
export function hostLayer(scratch: string): string {
  return `${scratch}/root/upper`;
}

const KERNEL_TREES = ["/sys", "/dev"];
const MEMORY = "/dev/shm";

/**
 * A device-mapper that finds udev waits for it to make nodes, and udev makes them in the host's `/dev`. One that finds
 * none makes them itself.
 */
const UDEV = "/run/udev";

const SCRATCH_NAMES = ["/tmp", "/var", "/var/tmp", "/home", "/root", "/run", "/opt", "/srv", "/usr", "/etc"];
const NOT_SHOWN = ["proc", "sys", "dev", "lost+found"];

/** Decides, from what the host is, what the build sees; pure, so that it can be read and tested. */
export function planHostView(
  request: HostViewRequest,
  { privilege }: Pick<KernelMounts, "privilege">,
): readonly ViewMount[] {
  const shared = request.table.some(({ mountPoint }) => mountPoint === MEMORY);
  const memory: ViewMount = { ...layer(request, "shm", MEMORY), otherwise: "tmpfs" };
  return [
    ...(privilege === "root" ? viewOfRoot(request) : viewOfUser(request)),
    { kind: "proc", at: "/proc" },
    { kind: "sys", at: "/sys" },
    { kind: "devices", at: "/dev" },
    ...(shared ? [memory] : []),
    { kind: "tmpfs", at: UDEV, optional: true },
    ...(request.hasContainers ? containerDirectories(request.scratch) : []).map(
      (directory) => ({ kind: "own-directory", ...directory }) as const,
    ),
    ...outermost(request.writable).map((at) => ({ kind: "writable-bind", at }) as const),
    ...(request.sockets ?? []).map((socket) => ({ kind: "socket", ...socket }) as const),
  ];
}

function layer({ scratch }: HostViewRequest, name: string, at: string): OverlayMount {
  return { kind: "overlay", at, upper: `${scratch}/${name}/upper`, work: `${scratch}/${name}/work` };
}

function viewOfRoot(request: HostViewRequest): readonly ViewMount[] {
  const mounts: ViewMount[] = [{ ...layer(request, "root", "/"), otherwise: "memory-layer" }];
  let number = 0;
  const seen = new Set<string>(["/"]);
  for (const { mountPoint } of request.table) {
    if (seen.has(mountPoint) || mountPoint === "/proc" || mountPoint.startsWith("/proc/")) continue;
    if (KERNEL_TREES.some((tree) => isWithin(mountPoint, tree))) continue;
    if (isWithin(mountPoint, request.scratch)) continue;
    seen.add(mountPoint);
    number += 1;
    if (SCRATCH_NAMES.includes(mountPoint)) mounts.push(layer(request, `mount${number}`, mountPoint));
    else mounts.push({ kind: "read-only-bind", at: mountPoint });
  }
  return mounts;
}

/**
 * In a user namespace the mounts of the host are locked into one another, and a directory with any in it cannot be
 * overlaid, the root least of all. So each directory of the root is shown by itself; their layers lie side by side as
 * they do in the one layer of a root's view.
 */
function viewOfUser(request: HostViewRequest): readonly ViewMount[] {
  const { scratch, top } = request;
  const shown = top.filter(({ name }) => !NOT_SHOWN.includes(name));
  return [
    { kind: "tmpfs", at: "/" },
    ...shown.map(({ name, target }): ViewMount => {
      const at = `/${name}`;
      if (target !== undefined) return { kind: "link", at, target };
      const [upper, work] = [`${hostLayer(scratch)}/${name}`, `${scratch}/work/${name}`];
      return { kind: "overlay", at, upper, work, ...(name === "tmp" ? { otherwise: "entries" } : {}) };
    }),
  ];
}

function outermost(paths: readonly string[]): readonly string[] {
  const unique = [...new Set(paths)].sort();
  return unique.filter((path) => !unique.some((other) => other !== path && isWithin(path, other)));
}

/**
 * A bash script that puts the view together and then runs `command` with it as its root. It must run as the first
 * process of fresh mount and PID namespaces.
 */
export function renderHostView(
  request: HostViewRequest,
  command: readonly string[],
  kernel: KernelMounts = kernelMounts(),
): string {
  const { mountPoint } = request;
  const lines = planHostView(request, kernel).flatMap((mount) =>
    renderMount(mount, mount.at === "/" ? mountPoint : `${mountPoint}${mount.at}`, kernel),
  );
  return `${[
    "set -eu",
    "umask 022",
    ...lines,
    shellCommand("cd", mountPoint),
    ...enterView(kernel, command),
    `exec ${shellCommand(...command)}`,
  ].join("\n")}\n`;
}

/**
 * Stacking the old root under the new one and letting it go leaves no way back to the real root. Docker's seccomp profile
 * allows that to nobody; for root a view that lies over the root is as good, but for the memory that the old one holds.
 */
function enterView({ privilege }: KernelMounts, command: readonly string[]): readonly string[] {
  if (privilege === "namespace") return ["pivot_root . .", "umount -l .", "cd /"];
  return [
    "if pivot_root . . 2>/dev/null; then",
    "  umount -l .",
    "  cd /",
    "else",
    // Whatever fails here ends the script: the command is not to run on the host itself.
    "  mount --move . /",
    `  exec ${shellCommand("chroot", ".", ...command)}`,
    "fi",
  ];
}

function renderMount(mount: ViewMount, at: string, kernel: KernelMounts): readonly string[] {
  const word = shellQuote(at);
  const makeDirectory = `[ -d ${word} ] || mkdir -p ${word}`;
  switch (mount.kind) {
    case "overlay":
      return [makeDirectory, ...renderOverlay(mount, at, kernel)];
    case "tmpfs":
      return [`${mount.optional ? `[ ! -d ${word} ] || ` : ""}mount -t tmpfs -o mode=0755 dibkit ${word}`];
    case "link":
      return [shellCommand("ln", "-s", mount.target, at)];
    case "devices": {
      const words = ["private-dev", at, kernel.devices, PTS_OPTIONS];
      return [makeDirectory, shellCommand(...bashCommand(PRIVATE_DEV_SCRIPT, ...words))];
    }
    case "proc":
      return [makeDirectory, kernel.proc(word)];
    case "sys":
      return [makeDirectory, kernel.hostSys(word)];
    case "socket":
      return [shellCommand("touch", at), shellCommand("mount", "--bind", mount.from, at)];
    case "own-directory":
      return [shellCommand("mkdir", "-p", mount.from), makeDirectory, shellCommand("mount", "--bind", mount.from, at)];
    case "writable-bind":
      return [makeDirectory, kernel.bind(mount.at, word, false)];
    case "read-only-bind":
      // A mount hidden below another one, or of a file that is gone, is of no use to the build.
      return [`[ ! -e ${word} ] || { ${bindReadOnly(mount.at, at)}; } 2>/dev/null || true`];
  }
}

function bindReadOnly(from: string, at: string): string {
  return `${shellCommand("mount", "--bind", from, at)} && ${shellCommand("mount", "-o", "remount,bind,ro", at)}`;
}

/**
 * `volatile`, as it is thrown away: without it the kernel writes the whole filesystem below to disk at the end. Kernels
 * before 5.10 do not know the word. Where the scratch directory's filesystem cannot hold the layer of the root, memory
 * does.
 */
function renderOverlay(mount: OverlayMount, at: string, kernel: KernelMounts): readonly string[] {
  const directories = `lowerdir=${mount.at},upperdir=${mount.upper},workdir=${mount.work}`;
  const mountWith = (...more: readonly string[]) =>
    shellCommand("mount", "-t", "overlay", "-o", [directories, ...kernel.overlayMarks, ...more].join(","), "host", at);
  const overlay = `{ ${mountWith("volatile")} 2>/dev/null || ${mountWith()}; }`;
  // The top of an overlay has the mode of its upper directory: /tmp is everybody's.
  const made = [
    shellCommand("mkdir", "-p", mount.upper, mount.work),
    shellCommand("chmod", `--reference=${mount.at}`, mount.upper),
  ];
  return [...made, `${overlay} 2>/dev/null || { ${renderInstead(mount, at, overlay)}; }`];
}

function renderInstead({ at: from, upper, work, otherwise }: OverlayMount, at: string, overlay: string): string {
  switch (otherwise) {
    case "memory-layer": {
      const mounted = shellCommand("mount", "-t", "tmpfs", "tmpfs", upper.replace(/\/upper$/, ""));
      return [mounted, shellCommand("mkdir", upper, work), overlay].join(" && ");
    }
    case "tmpfs":
      return shellCommand("mount", "-t", "tmpfs", "-o", "mode=1777", "dibkit", at);
    case "entries":
      return shellCommand(...bashCommand(SHOW_ENTRIES_SCRIPT, "show-entries", from, at));
    default: {
      const readOnly = shellCommand("mount", "-o", "remount,bind,ro", at);
      // With what is mounted in it, which a user namespace cannot leave out.
      return `${shellCommand("mount", "--bind", from, at)} 2>/dev/null || ${shellCommand("mount", "--rbind", from, at)}; ${readOnly}`;
    }
  }
}
