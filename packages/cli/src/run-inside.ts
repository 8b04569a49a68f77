import type { decidePrivilege as decide } from "@dibkit/exec";
import type { AnyCommand, ExitCode } from "./command.js";
import { type Terminal, usageFailure, writeTrouble } from "./terminal.js";

/**
 * Runs the whole command once more in a user namespace, when it needs one and this user is not root: everything below
 * then is root's as it always was, caches included. Undefined when the command is to run here.
 */
export async function runInside(
  why: NonNullable<AnyCommand["namespace"]>,
  options: Readonly<Record<string, unknown>>,
  terminal: Terminal,
  self: readonly string[],
): Promise<ExitCode | undefined> {
  const [{ decidePrivilege, runInNamespace }, { flagTrouble }] = await Promise.all([
    import("@dibkit/exec"),
    import("@dibkit/model"),
  ]);
  const asked = options.privilege ?? (terminal.env.DIBKIT_PRIVILEGE || "auto");
  const choice = String(asked === "" ? "auto" : asked);
  const trouble = flagTrouble("privilege", choice);
  if (trouble !== undefined) return usageFailure(terminal, `--privilege is "${choice}" but ${trouble}`);
  const decided = await decidePrivilege(choice as Parameters<typeof decide>[0], terminal.env);
  switch (decided.kind) {
    case "here":
      return undefined;
    case "enter": {
      const outcome = await runInNamespace(self, decided.entry, terminal.signal);
      if ("exitCode" in outcome) return outcome.exitCode as ExitCode;
      if (terminal.signal.aborted) {
        // It was interrupted before it could say so.
        terminal.stderr.write("interrupted\n");
        return 130;
      }
      const message = `what ran in the user namespace was ended by ${outcome.endedBy}`;
      const help = "run the same command again to go on from there; when memory had run out, the kernel's log says so";
      writeTrouble(terminal, message, help);
      return 3;
    }
    case "refused":
      // What was not asked for by name is told with everything else that stands in the way of a build; and layers of
      // root can be looked at as far as their modes allow.
      if (choice === "auto" || why === "layers") return undefined;
      return usageFailure(terminal, decided.message, decided.help);
  }
}
