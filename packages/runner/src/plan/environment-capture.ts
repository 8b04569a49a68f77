import type { EnvironmentValues } from "../job/environment-values.js";

/**
 * Sources every environment file of the directory `$1` in dib-run-parts' order and way, and writes the resulting
 * environment, exported functions included, to descriptor 3. The name of the file being sourced goes first, so that a
 * failure can name it. Needs no program of the image but env. Nothing is traced: upstream's trace prints passwords that
 * environment files set.
 */
export const CAPTURE_SCRIPT = `set -ue
set -o pipefail
dibkit_files=$(shopt -s nullglob dotglob; LC_ALL=C; for f in "$1"/*; do if [[ -f $f && $f =~ /[0-9A-Za-z_.-]+$ ]]; then echo "$f"; fi; done)
set --
for dibkit_file in $dibkit_files; do
  printf 'file\\0%s\\0' "$dibkit_file" >&3
  source "$dibkit_file" 3>&-
done
unset dibkit_file dibkit_files
printf 'environment\\0' >&3
env -0 >&3
`;

export interface CapturedEnvironment {
  /** The last file that was begun. */
  readonly lastFile?: string;
  /** Undefined when a file failed before the end. */
  readonly values?: EnvironmentValues;
}

/** Variables bash itself sets or changes; the capture's own are not the script's. */
const BASH_OWN = ["_", "SHLVL", "PWD", "OLDPWD"];

/** Reads what `CAPTURE_SCRIPT` wrote. */
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
