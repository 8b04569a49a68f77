import { appendFileSync } from "node:fs";
import type { BuildEvent } from "@dibkit/runner";

export interface LogSettings {
  /** Where lines go unless they are quiet. */
  readonly write: (text: string) => void;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Absolute path of `--logfile`. */
  readonly file?: string;
  readonly now?: () => Date;
}

/**
 * Prints as upstream's output filter does: `DATE TIME | LINE` in UTC, without the time when `DIB_NO_TIMESTAMP` is 1,
 * nothing on standard output when `DIB_QUIET` is 1, which a log file implies unless it is set. The file always has
 * the time.
 */
export function upstreamLog({ write, env, file, now = () => new Date() }: LogSettings): (line: string) => void {
  const bare = env.DIB_NO_TIMESTAMP === "1";
  const quiet = (env.DIB_QUIET || (file === undefined ? "0" : "1")) === "1";
  return (line) => {
    const stamped = `${now().toISOString().replace("T", " ").replace("Z", "")} | ${line}\n`;
    if (!quiet) write(bare ? `${line}\n` : stamped);
    if (file !== undefined) appendFileSync(file, stamped);
  };
}

/** The lines that an event of a build prints. */
export function logLines(event: BuildEvent): readonly string[] {
  switch (event.type) {
    case "step-started":
      return [`dib-run-parts Running ${event.label.phase}/${event.label.script}`];
    case "step-finished":
      return [`dib-run-parts ${event.label.script} ${event.outcome === "ran" ? "completed" : event.outcome}`];
    case "output":
      return [event.line];
    case "stray-write":
      return [`${event.label.phase}/${event.label.script} wrote to the host: ${event.paths.join(" ")}`];
    case "output-written":
      return [`Image file ${event.path} created...`];
    case "warning":
      return [`WARNING: ${event.message}`];
    case "note":
      return [event.message];
  }
}
