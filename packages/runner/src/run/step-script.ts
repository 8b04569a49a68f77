import { join } from "node:path";
import { shellCommand, shellQuote } from "@dibkit/exec";
import { INSIDE_ROOT_SCRIPT } from "../host/inside-root-sh.js";
import { type KernelMounts, kernelMounts } from "../host/kernel-mounts.js";
import type { Network } from "../host/network/network.js";
import { isPrivate, renderPrivateCache } from "../host/private-cache.js";
import { resolveSource } from "../host/record-mounts.js";
import { renderTreeMount, type TreeMount } from "../host/tree-mount.js";
import type { MountRecord, NamedDirectories } from "../job/mount-record.js";
import { SHOW_END_SCRIPT } from "./show-end-sh.js";
import { STEP_FUNCTIONS_SCRIPT } from "./step-functions-sh.js";

/** One command to run on a state of the image, in mount and PID namespaces of its own. */
export interface StepScript {
  /** What to mount first: the target root and the hooks directory; nothing on the real disk. */
  readonly trees: readonly TreeMount[];
  readonly network: Network;
  readonly target: string;
  readonly mounts: readonly MountRecord[];
  readonly named: NamedDirectories;
  /** Directory for what this step alone sees of shared caches. */
  readonly staging: string;
  /** `chroot`: run inside the target; otherwise on the host side. */
  readonly chroot: boolean;
  /** Shown read-only at `tmp/in_target.d` of the target. */
  readonly hooksInTarget?: string;
  /** Words of the command; in the target they go through `sh -c`, as upstream does. */
  readonly command: readonly string[];
  readonly workingDirectory: string;
  /** File of NUL-separated `NAME=value` words. */
  readonly environmentFile: string;
  /** Where the mount table after the command is written. */
  readonly mountTableFile: string;
  /** File that the command sees as descriptor 3. */
  readonly resultFile?: string;
  /** The command talks to the terminal. */
  readonly interactive?: boolean;
  /** Runs with the terminal when the command failed, before anything is taken down. */
  readonly onError?: {
    readonly chroot: boolean;
    readonly command: readonly string[];
    /** Said before it, with the last lines of the log. */
    readonly say?: { readonly note: string; readonly log: string };
  };
}

const SHOWN_DEVICES = ["null", "zero", "full", "random", "urandom", "tty"];

/** Lines that show devices over the files that stand for them, as long as the image has no `/dev` of the build's. */
function renderDevices({ target, mounts, trees }: StepScript, { devices }: KernelMounts): readonly string[] {
  if (devices === "nodes" || trees.length === 0 || mounts.some(({ at }) => at === "dev")) return [];
  const show = SHOWN_DEVICES.map((name) => {
    const file = `${FOUND}/${name}`;
    return `if [ -f ${file} ] && [ ! -L ${file} ]; then mount --bind /dev/${name} ${file} || return 1; fi`;
  });
  return [findInside(target, "dev"), ...show];
}

/** Lines that note recorded mounts below the target, by the functions of every step. */
export function renderMounts(
  step: Pick<StepScript, "mounts" | "target" | "named" | "staging" | "chroot">,
  kernel: KernelMounts = kernelMounts(),
): readonly string[] {
  return step.mounts.map((record) => {
    const find = findInside(step.target, record.at);
    const at = FOUND;
    if (record.kind === "filesystem") return `${find} && ${mountFilesystem(record, at, kernel, step.chroot)}`;
    if (record.kind === "tmpfs") return `${find} && mount -t tmpfs tmpfs ${at}`;
    if (record.kind === "bind-inside") {
      const options = record.readOnly ? "-o bind,ro" : "--bind";
      return `${findInside(step.target, record.from)} && from=${at} && ${find} && mount ${options} "$from" ${at}`;
    }
    if (isPrivate(record.source)) {
      const readOnly = record.readOnly ? ` && mount -o remount,bind,ro ${at}` : "";
      return `${find} && ${renderPrivateCache(record.source, step, at, kernel)}${readOnly}`;
    }
    const source = resolveSource(record.source, step.named);
    // A cache that was emptied, or moved, since the step that made the mount has to be there again.
    const made = source === record.source ? "" : `${makeDirectory(shellQuote(source))} && `;
    return `${made}${find} && ${kernel.bind(source, at, record.readOnly)}`;
  });
}

/** A word of bash: what `find_mounted` found last. */
const FOUND = '"$found_inside"';

/** A command of bash that finds a path of the image, with links followed as in the image. */
function findInside(target: string, path: string): string {
  return shellCommand("find_mounted", target, path);
}

/** Nearly always the directory is there, and looking for it starts no process. */
function makeDirectory(word: string): string {
  return `{ [ -d ${word} ] || mkdir -p ${word}; }`;
}

/** Scripts of the host unmount what others have mounted in the image, which a mount inside that would prevent. */
function mountFilesystem(
  { type, readOnly }: Extract<MountRecord, { kind: "filesystem" }>,
  at: string,
  kernel: KernelMounts,
  chroot: boolean,
): string {
  if (type === "devpts") return kernel.pts(at);
  return type === "proc" ? kernel.proc(at, { readOnly, guarded: chroot }) : kernel.sys(at, readOnly);
}

/** Name of the table of mounts that a step works off, in its staging directory. */
export const MOUNTS_FILE = "mounts";

const FUNCTIONS = `${INSIDE_ROOT_SCRIPT}${STEP_FUNCTIONS_SCRIPT}`;

/**
 * The bash script that is the first process of a step. It mounts, runs, notes the mount table, and exits with the
 * command's exit code; 125 means that mounting failed. With it end its namespaces: whatever the command left running, and
 * the mounts.
 */
export function renderStepScript(step: StepScript, kernel: KernelMounts = kernelMounts()): string {
  const inTarget = '"$hooks_shown"';
  const setUp = [
    ...step.network.setUp,
    ...step.trees.map((tree) => renderTreeMount(tree, kernel)),
    ...renderDevices(step, kernel),
    ...renderMounts(step, kernel),
    ...(step.hooksInTarget === undefined
      ? []
      : [
          `${findInside(step.target, "tmp/in_target.d")} && hooks_shown=${FOUND}`,
          makeDirectory(inTarget),
          `${shellCommand("mount", "-o", "bind,ro", step.hooksInTarget)} ${inTarget}`,
        ]),
    "do_mounts",
    ...(step.chroot ? [refreshResolver(step.target)] : []),
  ];
  const run = `env -i "\${vars[@]}" ${renderCommand(step)}`;
  const captured = step.resultFile === undefined ? "" : ` 3>${shellQuote(step.resultFile)}`;
  return `set -u
umask 022
# A process in a new PID namespace needs a /proc of its own to find itself. It is not noted with the other mounts, because a
# table of mounts leaves out what is mounted already, such as the /proc and /proc/sys below these.
${kernel.proc("/proc")} || exit 125
${FUNCTIONS}mounts_file=${shellQuote(join(step.staging, MOUNTS_FILE))}
prepare() {
${setUp.map((line) => `  ${line} || return 1`).join("\n")}
}
prepare || exit 125
# The lock of the build, and whatever else is open here, is no business of scripts; 255 is bash reading this.
for fd in /proc/self/fd/*; do
  fd=\${fd##*/}
  [ "$fd" -le 2 ] || [ "$fd" -eq 255 ] || eval "exec $fd>&-"
done
mapfile -d '' -t vars < ${shellQuote(step.environmentFile)}
cd ${shellQuote(step.workingDirectory)} 2>/dev/null || cd /
${step.interactive ? `on_terminal ${run}` : `${run} </dev/null 2>&1`}${captured}
status=$?
${step.onError === undefined ? ":" : renderErrorShell(step, step.onError)}
${shellCommand("write_mount_table", step.mountTableFile)}${step.hooksInTarget === undefined ? "" : ` ${inTarget}`}
exit $status
`;
}

/** Upstream's `after-error`: the shell starts where the command failed, after what it printed last. */
function renderErrorShell(step: StepScript, onError: NonNullable<StepScript["onError"]>): string {
  const { say } = onError;
  const said = say === undefined ? ":" : shellCommand("show_end", say.log, say.note);
  const shell = `on_terminal env -i "\${vars[@]}" ${renderCommand({ ...step, ...onError })}`;
  return `${SHOW_END_SCRIPT}[ $status -eq 0 ] || { ${said}; ${shell}; }`;
}

/**
 * While it is built the image has the host's resolv.conf (mode 777, as upstream leaves it). A layer may come from a day
 * with other name servers, so today's are put in; an image's own file is left alone.
 */
function refreshResolver(target: string): string {
  const file = '"$resolver"';
  const isOurs = `[ -f ${file} ] && [ ! -L ${file} ] && [ -s /etc/resolv.conf ]`;
  const isOld = `! same_text /etc/resolv.conf ${file} && [ "$(stat -c %a ${file})" = 777 ]`;
  const find = `${findInside(target, "etc")} && resolver=${FOUND}/resolv.conf`;
  return `{ ${find} && if ${isOurs} && ${isOld}; then cat /etc/resolv.conf > ${file}; fi; }`;
}

function renderCommand(step: StepScript): string {
  if (!step.chroot) return shellCommand(...step.command);
  return shellCommand("chroot", step.target, ...step.command);
}
