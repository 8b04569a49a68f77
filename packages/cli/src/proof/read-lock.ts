import { readFile } from "node:fs/promises";
import { resolve as resolvePath } from "node:path";
import { type LockDocument, systemTrouble } from "@dibkit/model";
import { reportFindings } from "../report-failure.js";
import { type Terminal, usageFailure } from "../terminal.js";

/** The lock in a file; undefined after saying on stderr why there is none. */
export async function readLock(terminal: Terminal, file: string): Promise<LockDocument | undefined> {
  const { parseLock } = await import("@dibkit/contents");
  const path = resolvePath(terminal.cwd, file);
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    const trouble = systemTrouble(error);
    if (trouble === undefined) throw error;
    const isMissing = (error as NodeJS.ErrnoException).code === "ENOENT";
    const help = isMissing ? 'write it with "dibkit lock" and the image, or name it with --lock-file' : trouble.help;
    usageFailure(
      terminal,
      isMissing ? `there is no lock "${path}"` : `lock "${path}" cannot be read: ${trouble.reason}`,
      help,
    );
    return undefined;
  }
  const lock = parseLock(path, text);
  if (lock.ok) return lock.value;
  await reportFindings(terminal, lock.error);
  return undefined;
}
