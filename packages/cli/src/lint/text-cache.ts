import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { basename, delimiter, dirname, join } from "node:path";
import { cacheHome, statsAt } from "@dibkit/model";

type Environment = Readonly<Record<string, string | undefined>>;

/** What a program said of texts before, by the text. */
export interface TextCache<Answer> {
  get(text: string): Answer | undefined;
  set(text: string, answer: Answer): void;
  /** Keeps it for later runs; it is only lost when that cannot be done. */
  save(): void;
}

// An answer takes about a hundred bytes, so the file stays below a few megabytes.
const MOST_TEXTS = 20_000;

/**
 * Answers of the program of this name on the search path, asked in the way that `question` says; undefined when there is
 * no such program. Another program, or another question, begins anew.
 */
export function openTextCache<Answer>(env: Environment, name: string, question: string): TextCache<Answer> | undefined {
  const program = programOf(env, name);
  if (program === undefined) return undefined;
  const salt = `${program}\n${question}`;
  const keyOf = (text: string) => createHash("sha256").update(salt).update("\0").update(text).digest("base64url");
  const path = join(cacheHome(env), "dibkit", "lint", `${name}.json`);
  const known = load<Answer>(path);
  let changed = false;
  return {
    get: (text) => (known.size === 0 ? undefined : known.get(keyOf(text))),
    set: (text, answer) => {
      known.set(keyOf(text), answer);
      changed = true;
    },
    save: () => {
      if (changed) store(path, known);
    },
  };
}

/** Which program it is: looking is much faster than asking for its version. */
export function programOf(env: Environment, name: string): string | undefined {
  const path = programPath(env, name);
  const found = path === undefined ? undefined : statsAt(path);
  return found && `${path} ${found.size} ${found.mtimeMs}`;
}

/**
 * Where the program lies. The shims of pyenv and asdf are scripts that look for it, which takes longer than what it is
 * wanted for here, so that one behind them on the search path is preferred.
 */
export function programPath(env: Environment, name: string): string | undefined {
  const paths = (env.PATH ?? "").split(delimiter).map((directory) => join(directory, name));
  const isThere = (path: string) => statsAt(path)?.isFile() === true;
  return paths.find((path) => basename(dirname(path)) !== "shims" && isThere(path)) ?? paths.find(isThere);
}

function load<Answer>(path: string): Map<string, Answer> {
  try {
    const entries = JSON.parse(readFileSync(path, "utf8")) as unknown;
    return new Map(Array.isArray(entries) ? (entries as [string, Answer][]) : []);
  } catch {
    return new Map();
  }
}

function store<Answer>(path: string, known: ReadonlyMap<string, Answer>): void {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(temporary, JSON.stringify([...known].slice(-MOST_TEXTS)));
    renameSync(temporary, path);
  } catch {
    // Without a place to keep it every run asks again.
  }
}
