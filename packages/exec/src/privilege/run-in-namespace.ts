import { constants } from "node:os";
import { homeDirectory } from "@dibkit/model";
import { execa } from "execa";
import { ADMIN_DIRECTORIES } from "../find-program.js";
import { enterNamespace, type NamespaceEntry } from "./enter-namespace.js";

/** How a command in a user namespace ended: by itself, or by a signal, which is said in words. */
export type NamespaceOutcome = { readonly exitCode: number } | { readonly endedBy: string };

/** What a shell adds to the number of the signal that ended a command. */
const ENDED_BY_SIGNAL = 128;
/** By itself, as after an interrupt that it has told. */
const INTERRUPTED = 130;

/**
 * Runs a command as root of a user namespace, with the terminal and the streams of this process, and says how it ended.
 * An interrupt reaches it: from a terminal it does so by itself, from elsewhere it is passed on.
 */
export async function runInNamespace(
  command: readonly string[],
  entry: NamespaceEntry,
  signal: AbortSignal,
): Promise<NamespaceOutcome> {
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
    const { exitCode, signal: ended, shortMessage } = await child;
    if (ended !== undefined) return { endedBy: ended };
    if (exitCode === undefined) return { endedBy: shortMessage ?? "the system" };
    // The process that waits in between says so of a signal that did not end itself.
    if (exitCode > ENDED_BY_SIGNAL && exitCode !== INTERRUPTED)
      return { endedBy: nameOfSignal(exitCode - ENDED_BY_SIGNAL) };
    return { exitCode };
  } finally {
    signal.removeEventListener("abort", pass);
  }
}

function nameOfSignal(number: number): string {
  return Object.entries(constants.signals).find(([, one]) => one === number)?.[0] ?? `signal ${number}`;
}
