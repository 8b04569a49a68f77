import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";
import type { Result } from "@dibkit/model";
import { type Terminal, usageFailure } from "./terminal.js";
import { replaceFile } from "./write-whole.js";

/** Writes files that must not exist yet: all of them, or none when one is there. Says what it wrote. */
export async function writeNewFiles(
  terminal: Terminal,
  directory: string,
  files: Readonly<Record<string, string>>,
): Promise<0 | 2> {
  const shown = (path: string) => relative(terminal.cwd, join(directory, path)) || ".";
  const existing = Object.keys(files).filter((path) => existsSync(join(directory, path)));
  if (existing.length > 0) {
    const list = existing.map((path) => `"${shown(path)}"`).join(", ");
    return usageFailure(
      terminal,
      `${list} ${existing.length === 1 ? "exists" : "exist"} already`,
      "remove it, or choose another name",
    );
  }
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(directory, path)), { recursive: true });
    await writeFile(join(directory, path), content, { flag: "wx" });
    terminal.stdout.write(`wrote ${shown(path)}\n`);
  }
  return 0;
}

type Files = Readonly<Record<string, string>>;

/**
 * Writes new files beside those that are there. Of the latter only `kept` may be in the way: `joinFiles` says what they
 * become, or how a sentence about the manifest ends that says why not. Nothing is written then, nor when another one is there.
 */
export async function writeJoined(
  terminal: Terminal,
  directory: string,
  files: Files,
  kept: readonly string[],
  joinFiles: (files: Files, existing: Files) => Result<Files, string>,
): Promise<0 | 2> {
  const existing: Record<string, string> = {};
  const { readNamedFile } = await import("@dibkit/model");
  for (const path of kept) {
    const file = resolve(directory, path);
    if (existsSync(file)) existing[path] = (await readNamedFile(file)).toString();
  }
  const result = joinFiles(files, existing);
  if (!result.ok) {
    const path = relative(terminal.cwd, resolve(directory, "package.json"));
    return usageFailure(terminal, `"${path}" ${result.error}`, "mend it, or start in another directory");
  }
  const joined = result.value;
  const fresh = Object.fromEntries(Object.entries(joined).filter(([path]) => existing[path] === undefined));
  const code = await writeNewFiles(terminal, directory, fresh);
  if (code !== 0) return code;
  for (const [path, text] of Object.entries(existing)) {
    const shown = relative(terminal.cwd, resolve(directory, path));
    const isChanged = joined[path] !== text;
    if (isChanged) await replaceFile(resolve(directory, path), joined[path] as string);
    terminal.stdout.write(`${isChanged ? "changed" : "kept"} ${shown}\n`);
  }
  return 0;
}

/** A word when an element of the installed diskimage-builder has the name, since the one of the project then hides it. */
export async function sayWhatIsHidden(terminal: Terminal, name: string): Promise<void> {
  const { upstreamInstallation } = await import("@dibkit/model");
  const upstream = upstreamInstallation(terminal.env)?.elements;
  if (upstream === undefined || !existsSync(join(upstream, name))) return;
  terminal.stderr.write(
    `warning: diskimage-builder has an element "${name}" too, which this one hides: choose another name unless that is meant\n`,
  );
}

/** Why a word cannot be the name of an element or project; undefined when it can. */
export function nameProblem(name: string): string | undefined {
  if (/^[a-z0-9]+(?:[._+-][a-z0-9]+)*$/.test(name)) return undefined;
  return `"${name}" is not a name: use lower-case letters and digits, with "-" between words`;
}
