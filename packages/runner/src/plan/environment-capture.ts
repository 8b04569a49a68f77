import type { EnvironmentValues } from "../job/environment-values.js";

export interface CapturedEnvironment {
  /** The last file that was begun. */
  readonly lastFile?: string;
  /** Undefined when a file failed before the end. */
  readonly values?: EnvironmentValues;
}

/** Variables bash itself sets or changes; the capture's own are not the script's. */
const BASH_OWN = ["_", "SHLVL", "PWD", "OLDPWD"];

/** Reads what `capture-environment.sh` wrote. */
export function parseCapture(bytes: Buffer, base: EnvironmentValues): CapturedEnvironment {
  const words = bytes.toString("utf8").split("\0");
  let lastFile: string | undefined;
  let at = 0;
  while (words[at] === "file") {
    lastFile = words[at + 1];
    at += 2;
  }
  const file = lastFile === undefined ? {} : { lastFile };
  if (words[at] !== "environment") return file;
  const values: Record<string, string> = {};
  for (const word of words.slice(at + 1)) {
    const equals = word.indexOf("=");
    if (equals > 0) values[word.slice(0, equals)] = word.slice(equals + 1);
  }
  for (const name of BASH_OWN) {
    delete values[name];
    if (base[name] !== undefined) values[name] = base[name];
  }
  return { ...file, values };
}

/** The environment as the file format of a step script: NUL-separated `NAME=value`. */
export function serialiseEnvironment(values: EnvironmentValues): string {
  return Object.entries(values)
    .map(([name, value]) => `${name}=${value}\0`)
    .join("");
}
