import { err, type Result } from "@dibkit/model";
import type { DiskFailure } from "../disk/disk-failure.js";
import type { FormatFailure } from "../formats/format-failure.js";
import type { BuildFailure } from "../job/build-job.js";
import type { BuildSession } from "./build-session.js";

/** The result of work on the disk or a format as that of the build. */
export async function stage<T>(
  session: BuildSession,
  work: Promise<Result<T, DiskFailure | FormatFailure>>,
): Promise<Result<T, BuildFailure>> {
  const done = await work;
  if (done.ok) return done;
  const failure = done.error;
  const tail = "command" in failure ? failure.command.tail : [];
  const help = "help" in failure && failure.help !== undefined ? { help: failure.help } : {};
  if (session.signal.aborted) return err({ kind: "interrupted" });
  return err({ kind: "stage-failed", message: failure.message, tail, ...help });
}
