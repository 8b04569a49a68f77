import { spawn } from "node:child_process";
import { SANDBOX_SETUP_SCRIPT } from "./sandbox-setup-sh.js";

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
  const child = spawn("unshare", [...flags, "bash", "-c", SANDBOX_SETUP_SCRIPT, "sandbox", root, ...command], {
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
