import { accessSync, constants, statSync } from "node:fs";
import { join } from "node:path";

/** Where Debian keeps programs for root; they are found even when an ordinary user's PATH leaves them out. */
export const ADMIN_DIRECTORIES = ["/usr/local/sbin", "/usr/sbin", "/sbin"];

/** Absolute path of a program, looked up in `PATH` and in the administrator's directories. */
export function findProgram(name: string, env: Readonly<Record<string, string | undefined>>): string | undefined {
  const directories = [...(env.PATH ?? "").split(":").filter((entry) => entry !== ""), ...ADMIN_DIRECTORIES];
  return directories.map((directory) => join(directory, name)).find(isProgram);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
