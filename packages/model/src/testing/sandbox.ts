import { spawn } from "node:child_process";

/** Directories of the host that hold programs and libraries; the fake root shows them read-only. */
const TOOLS = ["usr", "bin", "sbin", "lib", "lib32", "lib64", "libx32", "etc/alternatives"];

/**
 * Runs inside the new namespaces: makes the host's programs visible in the fake root, hides the faked ones behind
 * their fakes, and runs `$2…` there. Merged-/usr links are copied as links.
 */
const SETUP = `set -eu
root=$1
shift
mount --make-rprivate /
mount --bind "$root" "$root"
for tool in ${TOOLS.join(" ")}; do
    if [ -L "/$tool" ]; then
        ln -sfn "$(readlink "/$tool")" "$root/$tool"
    elif [ -d "/$tool" ]; then
        mkdir -p "$root/$tool"
        mount --bind "/$tool" "$root/$tool"
        mount -o remount,bind,ro "$root/$tool"
    fi
done
for fake in "$root"/run/dibkit/bin/*; do
    [ -e "$fake" ] || continue
    for directory in usr/bin usr/sbin bin sbin; do
        if [ -e "$root/$directory/\${fake##*/}" ] && [ ! -L "$root/$directory" ]; then
            mount --bind "$fake" "$(readlink -f "$root/$directory")/\${fake##*/}" || true
        fi
    done
done
for device in null zero full random urandom tty; do
    [ -e "/dev/$device" ] || continue
    touch "$root/dev/$device"
    mount --bind "/dev/$device" "$root/dev/$device"
done
mount -t proc proc "$root/proc"
exec chroot "$root" "$@"
`;

export interface SandboxResult {
  /** Undefined when the script had to be killed. */
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a command in a root directory, in mount, PID and network namespaces of its own, so that it can change nothing
 * outside and reach nothing. Needs no root where the kernel allows user namespaces.
 *
 * @param milliseconds after which everything in it is killed
 */
export function runInSandbox(
  root: string,
  command: readonly string[],
  environment: Readonly<Record<string, string>>,
  milliseconds: number,
): Promise<SandboxResult> {
  const asUser = process.geteuid?.() === 0 ? [] : ["--map-root-user"];
  const flags = [...asUser, "--mount", "--pid", "--net", "--ipc", "--fork", "--kill-child"];
  const child = spawn("unshare", [...flags, "bash", "-c", SETUP, "sandbox", root, ...command], {
    env: { ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => child.kill("SIGKILL"), milliseconds);
    child.once("error", (error) => {
      clearTimeout(timer);
      const missing = (error as NodeJS.ErrnoException).code === "ENOENT";
      reject(missing ? new Error('testing a script needs the program "unshare" (Debian package util-linux)') : error);
    });
    child.once("close", (code) => {
      clearTimeout(timer);
      resolve({ exitCode: code ?? undefined, stdout, stderr });
    });
  });
}
