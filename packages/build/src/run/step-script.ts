import { type MountRecord, type NamedDirectories, resolveSource } from "../host/mount-record.js";
import { shellCommand, shellQuote } from "../host/shell-quote.js";

/** Where an overlay's parts are. `lower` is newest first, relative to `base` so that many fit into one mount call. */
export interface OverlayMount {
  readonly base: string;
  readonly lower: readonly string[];
  /** Absent: read-only. */
  readonly upper?: { readonly directory: string; readonly work: string };
  readonly at: string;
}

/** One command to run on a state of the image, in mount and PID namespaces of its own. */
export interface StepScript {
  /** Overlays to mount first: the target root and the hooks directory; none on the real disk. */
  readonly overlays: readonly OverlayMount[];
  readonly target: string;
  readonly mounts: readonly MountRecord[];
  readonly named: NamedDirectories;
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
    readonly note: string;
    readonly log: string;
  };
}

const OVERLAY_OPTIONS = "redirect_dir=on,index=off,metacopy=off";

/** One `mount -t overlay` line; `volatile` makes the many fsyncs of package managers free. */
export function renderOverlay(overlay: OverlayMount): string {
  const lower = `lowerdir=${overlay.lower.map(escapeLayer).join(":")}`;
  const upper = overlay.upper
    ? `,upperdir=${escapeLayer(overlay.upper.directory)},workdir=${escapeLayer(overlay.upper.work)},volatile`
    : "";
  const options = `${lower}${upper},${OVERLAY_OPTIONS}`;
  return `${shellCommand("cd", overlay.base)} && ${shellCommand("mount", "-t", "overlay", "-o", options, "dibkit", overlay.at)}`;
}

function escapeLayer(path: string): string {
  return path.replace(/[\\:,]/g, (character) => `\\${character}`);
}

/** Lines that make recorded mounts again below `target`. */
export function renderMounts(
  mounts: readonly MountRecord[],
  target: string,
  named: NamedDirectories,
): readonly string[] {
  return mounts.flatMap((record) => {
    const at = `${target}/${record.at}`;
    if (record.kind === "filesystem") return [mountFilesystem(record, at)];
    if (record.kind === "tmpfs") return [shellCommand("mount", "-t", "tmpfs", "tmpfs", at)];
    const source = record.kind === "bind" ? resolveSource(record.source, named) : `${target}/${record.from}`;
    // A cache that was emptied, or moved, since the step that made the mount has to be there again.
    const made = record.kind !== "bind" || source === record.source ? [] : [shellCommand("mkdir", "-p", source)];
    const bind = shellCommand("mount", "--bind", source, at);
    return [...made, bind, ...(record.readOnly ? [shellCommand("mount", "-o", "remount,bind,ro", at)] : [])];
  });
}

function mountFilesystem(record: Extract<MountRecord, { kind: "filesystem" }>, at: string): string {
  if (record.type === "devpts") {
    const options = "$(findmnt --first-only /dev/pts --noheadings --output OPTIONS)";
    return `mount -t devpts -o "${options}" devpts ${shellQuote(at)}`;
  }
  const options = record.readOnly ? ["-o", "ro"] : [];
  return shellCommand("mount", ...options, "-t", record.type, "none", at);
}

/**
 * The bash script that is the first process of a step. It mounts, runs, notes the mount table, ends whatever the
 * command left running, unmounts, and exits with the command's exit code; 125 means that mounting failed.
 */
export function renderStepScript(step: StepScript): string {
  const inTarget = `${step.target}/tmp/in_target.d`;
  const setUp = [
    // A process in a new PID namespace needs a /proc of its own to find itself.
    "mount -t proc proc /proc",
    ...step.overlays.map(renderOverlay),
    ...renderMounts(step.mounts, step.target, step.named),
    ...(step.chroot ? [refreshResolver(step.target)] : []),
    ...(step.hooksInTarget === undefined
      ? []
      : [
          shellCommand("mkdir", "-p", inTarget),
          shellCommand("mount", "--bind", step.hooksInTarget, inTarget),
          shellCommand("mount", "-o", "remount,ro,bind", inTarget),
        ]),
  ];
  const terminal = " </dev/tty >/dev/tty 2>&1";
  const streams = `${step.interactive ? terminal : " </dev/null 2>&1"}${step.resultFile === undefined ? "" : ` 3>${shellQuote(step.resultFile)}`}`;
  return `set -u
umask 022
prepare() {
${setUp.map((line) => `  ${line} || return 1`).join("\n")}
}
prepare || exit 125
mapfile -d '' -t vars < ${shellQuote(step.environmentFile)}
cd ${shellQuote(step.workingDirectory)} 2>/dev/null || cd /
env -i "\${vars[@]}" ${renderCommand(step)}${streams}
status=$?
${step.onError === undefined ? ":" : renderErrorShell(step, step.onError, terminal)}
${step.hooksInTarget === undefined ? ":" : `umount -l ${shellQuote(inTarget)}`}
cat /proc/self/mountinfo > ${shellQuote(step.mountTableFile)}
cd /
# As the first process of its namespace, this reaches every process that the command left behind and nothing else.
kill -KILL -1 2>/dev/null
${
  step.overlays.length === 0
    ? ":"
    : [...step.overlays]
        .reverse()
        .map(
          (overlay) =>
            `umount -R ${shellQuote(overlay.at)} 2>/dev/null || umount -R -l ${shellQuote(overlay.at)} 2>/dev/null`,
        )
        .join("\n")
}
exit $status
`;
}

/** Upstream's `after-error`: the shell starts where the command failed, after what it printed last. */
function renderErrorShell(step: StepScript, onError: NonNullable<StepScript["onError"]>, terminal: string): string {
  const said = `{ tail -n 20 ${shellQuote(onError.log)}; echo ${shellQuote(onError.note)}; } >/dev/tty 2>&1`;
  const shell = `env -i "\${vars[@]}" ${renderCommand({ ...step, ...onError })}${terminal}`;
  return `[ $status -eq 0 ] || { ${said}; ${shell}; }`;
}

/**
 * While it is built the image has the host's resolv.conf (mode 777, as upstream leaves it). A layer may come from a day
 * with other name servers, so today's are put in; an image's own file is left alone.
 */
function refreshResolver(target: string): string {
  const file = shellQuote(`${target}/etc/resolv.conf`);
  const isOurs = `[ -f ${file} ] && [ ! -L ${file} ] && [ "$(stat -c %a ${file})" = 777 ] && [ -s /etc/resolv.conf ]`;
  return `{ if ${isOurs} && ! cmp -s /etc/resolv.conf ${file}; then cat /etc/resolv.conf > ${file}; fi; }`;
}

function renderCommand(step: StepScript): string {
  if (!step.chroot) return shellCommand(...step.command);
  return shellCommand("chroot", step.target, ...step.command);
}
