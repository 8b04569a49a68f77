import { shellCommand } from "@dibkit/exec";
import { isWithin, type MountEntry } from "./mount-table.js";

/** How one place of the host is shown to the build. */
export type ViewMount =
  /** The host's directory with a throw-away upper layer. */
  | { readonly kind: "overlay"; readonly at: string; readonly upper: string; readonly work: string }
  /** The kernel's own trees, as they are. */
  | { readonly kind: "recursive-bind"; readonly at: string }
  | { readonly kind: "proc"; readonly at: string }
  | { readonly kind: "read-only-bind"; readonly at: string }
  /** Really the host's directory: caches, store, outputs. */
  | { readonly kind: "writable-bind"; readonly at: string }
  /** A socket of the host: nobody listens behind what an overlay shows of it. */
  | { readonly kind: "socket"; readonly from: string; readonly at: string };

export interface HostViewRequest {
  readonly table: readonly MountEntry[];
  /** Empty directory where the view is put together. */
  readonly mountPoint: string;
  /** Directory for the throw-away layers. */
  readonly scratch: string;
  /** Existing absolute directories that stay writable. */
  readonly writable: readonly string[];
  /** Sockets of the host, and where the build finds them: a path in one of the writable directories. */
  readonly sockets?: readonly { readonly from: string; readonly at: string }[];
}

/** Kernel trees that programs need as they are: devices, sysfs with its cgroups. */
const KERNEL_TREES = ["/sys", "/dev"];

const SCRATCH_NAMES = ["/tmp", "/var", "/var/tmp", "/home", "/root", "/run", "/opt", "/srv", "/usr", "/etc"];

/** Decides, from the host's mount table, what the build sees; pure, so that it can be read and tested. */
export function planHostView(request: HostViewRequest): readonly ViewMount[] {
  const layer = (name: string, at: string): ViewMount => ({
    kind: "overlay",
    at,
    upper: `${request.scratch}/${name}/upper`,
    work: `${request.scratch}/${name}/work`,
  });
  const mounts: ViewMount[] = [layer("root", "/")];
  let number = 0;
  const seen = new Set<string>(["/"]);
  for (const { mountPoint } of request.table) {
    if (seen.has(mountPoint) || mountPoint === "/proc" || mountPoint.startsWith("/proc/")) continue;
    if (KERNEL_TREES.some((tree) => isWithin(mountPoint, tree))) continue;
    if (isWithin(mountPoint, request.scratch)) continue;
    seen.add(mountPoint);
    number += 1;
    if (SCRATCH_NAMES.includes(mountPoint)) mounts.push(layer(`mount${number}`, mountPoint));
    else mounts.push({ kind: "read-only-bind", at: mountPoint });
  }
  mounts.push({ kind: "proc", at: "/proc" });
  for (const at of KERNEL_TREES) mounts.push({ kind: "recursive-bind", at });
  for (const at of outermost(request.writable)) mounts.push({ kind: "writable-bind", at });
  for (const socket of request.sockets ?? []) mounts.push({ kind: "socket", ...socket });
  return mounts;
}

function outermost(paths: readonly string[]): readonly string[] {
  const unique = [...new Set(paths)].sort();
  return unique.filter((path) => !unique.some((other) => other !== path && isWithin(path, other)));
}

/**
 * A bash script that puts the view together and then runs `command` with it as its root. It must run as the first
 * process of fresh mount and PID namespaces. A place that cannot be overlaid is shown read-only instead, except the
 * root, where a tmpfs holds the throw-away layer when the scratch directory's filesystem cannot.
 */
export function renderHostView(request: HostViewRequest, command: readonly string[]): string {
  const lines = ["set -eu", "umask 022"];
  for (const mount of planHostView(request)) {
    const at = mount.at === "/" ? request.mountPoint : `${request.mountPoint}${mount.at}`;
    if (mount.kind === "overlay") lines.push(...renderOverlay(mount, at));
    else if (mount.kind === "proc") lines.push(shellCommand("mount", "-t", "proc", "proc", at));
    else if (mount.kind === "recursive-bind") lines.push(shellCommand("mount", "--rbind", mount.at, at));
    else if (mount.kind === "socket")
      lines.push(shellCommand("touch", at), shellCommand("mount", "--bind", mount.from, at));
    else if (mount.kind === "writable-bind") lines.push(shellCommand("mount", "--bind", mount.at, at));
    else {
      const bind = shellCommand("mount", "--bind", mount.at, at);
      const readOnly = shellCommand("mount", "-o", "remount,bind,ro", at);
      // A mount hidden below another one, or of a file that is gone, is of no use to the build.
      lines.push(`[ ! -e ${shellCommand(at)} ] || { ${bind} && ${readOnly}; } 2>/dev/null || true`);
    }
  }
  lines.push(
    shellCommand("cd", request.mountPoint),
    // Stacking the old root under the new one and letting it go leaves no way back to the real root.
    "pivot_root . .",
    "umount -l .",
    "cd /",
    `exec ${shellCommand(...command)}`,
  );
  return `${lines.join("\n")}\n`;
}

/**
 * `volatile`, as it is thrown away: without it the kernel writes the whole filesystem below to disk at the end. Kernels
 * before 5.10 do not know the word.
 */
function renderOverlay(mount: Extract<ViewMount, { kind: "overlay" }>, at: string): readonly string[] {
  const overlay = (upper: string, work: string) => {
    const options = `lowerdir=${mount.at},upperdir=${upper},workdir=${work}`;
    const mountWith = (words: string) => shellCommand("mount", "-t", "overlay", "-o", words, "host", at);
    return `{ ${mountWith(`${options},volatile`)} 2>/dev/null || ${mountWith(options)}; }`;
  };
  const directory = mount.upper.replace(/\/upper$/, "");
  const onTmpfs = [
    shellCommand("mount", "-t", "tmpfs", "tmpfs", directory),
    shellCommand("mkdir", mount.upper, mount.work),
    overlay(mount.upper, mount.work),
  ].join(" && ");
  const lines = [shellCommand("mkdir", "-p", mount.upper, mount.work)];
  if (mount.at === "/") lines.push(`${overlay(mount.upper, mount.work)} 2>/dev/null || { ${onTmpfs}; }`);
  else {
    const readOnly = `${shellCommand("mount", "--bind", mount.at, at)} && ${shellCommand("mount", "-o", "remount,bind,ro", at)}`;
    lines.push(`${overlay(mount.upper, mount.work)} 2>/dev/null || { ${readOnly}; }`);
  }
  return lines;
}
