import { bashCommand } from "./bash-command.js";

// Not with --pipefail: the status of the command is what counts.
const PIPED = `"$@" 2>&1 | cat; exit \${PIPESTATUS[0]}`;

/**
 * Gives a command a real pipe for its output. The streams that Node gives to a child are sockets, which the child
 * cannot open again: `echo … > /dev/stderr` fails on them.
 */
export function pipedCommand(command: readonly string[]): readonly string[] {
  return bashCommand(PIPED, "bash", ...command);
}
