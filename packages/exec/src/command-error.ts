import { type CommandFailure, describeFailure } from "./command-runner.js";

/** What programs say when the machine is in the way, by the name of the error that they got. */
const SAID: readonly (readonly [code: string, text: RegExp])[] = [
  ["ENOSPC", /No space left on device/],
  ["EDQUOT", /Disk quota exceeded/],
  ["EROFS", /Read-only file system/],
  ["EIO", /Input\/output error/],
  ["EMFILE", /Too many open files(?! in system)/],
  ["ENFILE", /Too many open files in system/],
];

/** The system call of errors that a program got, as far as anybody here knows. */
const BY_A_PROGRAM = "program";

/**
 * An error to throw for a command that dibkit itself needs: `cannot WHAT`, with what the command said. When that is
 * ordinary trouble of the machine, such as a full disk, it is told as that of a file operation is, and is no bug.
 */
export function commandError(what: string, failure: CommandFailure): Error {
  const said = failure.tail.join(" ");
  const error = new Error(`cannot ${what}: ${said === "" ? describeFailure(failure) : said}`);
  const code = SAID.find(([, text]) => text.test(said))?.[0];
  return code === undefined ? error : Object.assign(error, { code, syscall: BY_A_PROGRAM, operation: what });
}
