import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { ANOTHER_PATH, systemTrouble } from "@dibkit/model/resolution";
import { type Terminal, writeTrouble } from "./terminal.js";

/**
 * Writes a file that somebody asked for, whole or not at all; false when it cannot be written, which is then told.
 *
 * @param named what the file is, and the option that names it
 */
export async function writeWhole(
  terminal: Terminal,
  path: string,
  text: string,
  named: { readonly what: string; readonly option: string },
): Promise<boolean> {
  try {
    await mkdir(dirname(path), { recursive: true });
    await replaceFile(path, text);
    return true;
  } catch (error) {
    const trouble = systemTrouble(error);
    if (trouble === undefined) throw error;
    const help = trouble.help.replace(ANOTHER_PATH, `choose another file with ${named.option}`);
    writeTrouble(terminal, `${named.what} "${path}" cannot be written: ${trouble.reason}`, help);
    return false;
  }
}

/** Whoever reads the file meanwhile sees the old text or the new one. Throws what the system says. */
export async function replaceFile(path: string, text: string): Promise<void> {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    await writeFile(temporary, text);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}
