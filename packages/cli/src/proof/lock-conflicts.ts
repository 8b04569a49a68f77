import type { BuildOptionValues } from "../building/build-options.js";
import { type Terminal, usageFailure } from "../terminal.js";

/** Whether options say what a build with a lock cannot do, which is told on stderr then. */
export function conflictsWithLock(terminal: Terminal, what: string, options: BuildOptionValues): boolean {
  if (options.network !== undefined || options.noRecord) {
    const word = options.noRecord ? "--no-record" : "--network";
    usageFailure(terminal, `${what} has a network of its own`, `leave ${word} out`);
    return true;
  }
  if (options.noStore) {
    usageFailure(terminal, `${what} reads the layers of the build when it has ended`, "leave --no-store out");
    return true;
  }
  return false;
}
