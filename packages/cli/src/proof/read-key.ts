import { resolve as resolvePath } from "node:path";
import type { Result } from "@dibkit/model";
import type { KeyTrouble } from "@dibkit/registry";
import { type Terminal, usageFailure } from "../terminal.js";

/** Reads the file of a key; undefined after saying on stderr what is wrong with it. */
export async function readKey<T>(
  terminal: Terminal,
  file: string,
  parse: (text: string) => Result<T, KeyTrouble>,
): Promise<T | undefined> {
  const path = resolvePath(terminal.cwd, file);
  const { readKeyFile } = await import("@dibkit/registry");
  const key = readKeyFile(path, parse);
  if (key.ok) return key.value;
  usageFailure(terminal, `"${path}" ${key.error.message}`, key.error.help);
  return undefined;
}
