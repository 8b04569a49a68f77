import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import type { ShellcheckComment } from "@dibkit/lint";
import { cacheHome, statsAt } from "@dibkit/model";

type Comments = readonly ShellcheckComment[];

/** What ShellCheck said of scripts before, by their text. */
export interface ShellcheckCache {
  get(text: string): Comments | undefined;
  set(text: string, comments: Comments): void;
  /** Keeps it for later runs; it is only lost when that cannot be done. */
  save(): void;
}

// A script without comments takes a hundred bytes, so the file stays below a few megabytes.
const MOST_SCRIPTS = 20_000;

/**
 * The results of the ShellCheck on the search path with these checks; undefined when there is no ShellCheck. Another
 * program, or other checks, begin anew.
 */
export function openShellcheckCache(
  env: Readonly<Record<string, string | undefined>>,
  codes: readonly string[],
): ShellcheckCache | undefined {
  const program = programOf(env);
  if (program === undefined) return undefined;
  const salt = [program, ...codes].join("\n");
  const keyOf = (text: string) => createHash("sha256").update(salt).update("\0").update(text).digest("base64url");
  const path = join(cacheHome(env), "dibkit", "lint", "shellcheck.json");
  const known = load(path);
  let changed = false;
  return {
    get: (text) => (known.size === 0 ? undefined : known.get(keyOf(text))),
    set: (text, comments) => {
      known.set(keyOf(text), comments);
      changed = true;
    },
    save: () => {
      if (changed) store(path, known);
    },
  };
}

/** Which ShellCheck it is: looking is much faster than asking for its version. */
function programOf(env: Readonly<Record<string, string | undefined>>): string | undefined {
  for (const directory of (env.PATH ?? "").split(delimiter)) {
    const path = join(directory, "shellcheck");
    const found = statsAt(path);
    if (found?.isFile()) return `${path} ${found.size} ${found.mtimeMs}`;
  }
  return undefined;
}

function load(path: string): Map<string, Comments> {
  try {
    const entries = JSON.parse(readFileSync(path, "utf8")) as unknown;
    return new Map(Array.isArray(entries) ? (entries as [string, Comments][]) : []);
  } catch {
    return new Map();
  }
}

function store(path: string, known: ReadonlyMap<string, Comments>): void {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(temporary, JSON.stringify([...known].slice(-MOST_SCRIPTS)));
    renameSync(temporary, path);
  } catch {
    // Without a place to keep it every run asks again.
  }
}
