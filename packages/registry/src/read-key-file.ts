import { readFileSync } from "node:fs";
import { err, type Result } from "@dibkit/model";
import type { KeyTrouble } from "./signature-keys.js";

const UNREADABLE: Readonly<Record<string, string>> = {
  ENOENT: "is not there",
  ENOTDIR: "is not there",
  EISDIR: "is a directory",
  EACCES: "may not be read by this user",
};

/** Reads a key from a file; `help` says how to come by such a file. */
export function readKeyFile<T>(
  file: string,
  parse: (text: string) => Result<T, KeyTrouble>,
  help = "name a key file in PEM, as openssl writes it",
): Result<T, KeyTrouble> {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    return err({ message: UNREADABLE[code] ?? `cannot be read (${code})`, help });
  }
  return parse(text);
}
