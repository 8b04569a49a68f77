import { homeDirectory } from "@dibkit/model";
import { execa } from "execa";
import { ADMIN_DIRECTORIES } from "../find-program.js";
import { enterNamespace, type NamespaceEntry } from "./enter-namespace.js";

/**
 * Runs a command as root of a user namespace, with the terminal and the streams of this process, and gives its exit code.
 * An interrupt reaches it: from a terminal it does so by itself, from elsewhere it is passed on.
 */
export async function runInNamespace(
  command: readonly string[],
  entry: NamespaceEntry,
  signal: AbortSignal,
): Promise<number> {
  const [program = "", ...words] = enterNamespace(command, entry);
  const env = {
    // Root's home, which is looked up where the variable is missing, is not the user's.
    HOME: homeDirectory(process.env),
    ...process.env,
    DIBKIT_INSIDE: "1",
    PATH: [process.env.PATH ?? "/usr/bin:/bin", ...ADMIN_DIRECTORIES].join(":"),
  };
  const child = execa(program, words, { stdio: "inherit", reject: false, env, cleanup: true });
  const pass = () => {
    const fromTerminal = process.stdin.isTTY && /SIGINT/.test(String(signal.reason));
    if (!fromTerminal) child.kill("SIGTERM");
  };
  signal.addEventListener("abort", pass);
  try {
    const { exitCode } = await child;
    return exitCode ?? 1;
  } finally {
    signal.removeEventListener("abort", pass);
  }
}
