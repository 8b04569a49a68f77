import type { BuildOutcome } from "@dibkit/runner";
import type { ExitCode } from "../command.js";
import { type Terminal, writeTail, writeTrouble } from "../terminal.js";

/** Prints the outputs to stdout, or why there are none to stderr. */
export function reportBuild(terminal: Terminal, outcome: BuildOutcome, cacheDir: string | undefined): ExitCode {
  switch (outcome.kind) {
    case "built":
      terminal.stdout.write(outcome.outputs.map((path) => `${path}\n`).join(""));
      if (terminal.signal.aborted) writeTrouble(terminal, "interrupted, after the image was written");
      return 0;
    case "interrupted":
      writeTrouble(terminal, "interrupted; nothing was left behind", "run the same command again to go on from here");
      return 130;
    case "script-failed":
    case "stage-failed": {
      writeTail(terminal, outcome.tail);
      const script = outcome.kind === "script-failed" ? outcome : undefined;
      const source = script?.source === undefined ? "" : `\n  script: ${script.source}`;
      const log = script === undefined ? "" : `\n  log: ${script.log}`;
      const shell = cacheDir === undefined ? "dibkit shell" : `dibkit shell --cache-dir ${cacheDir}`;
      writeTrouble(terminal, `${outcome.message}${source}${log}`, outcome.help?.replace("dibkit shell", shell));
      return 3;
    }
  }
}
