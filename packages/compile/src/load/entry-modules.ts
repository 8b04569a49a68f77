import { existsSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import type { Diagnostic } from "@dibkit/model";

/** Name of a project's configuration. */
export const CONFIG_FILE = "dibkit.config.ts";

const IGNORED = ["**/node_modules/**", "**/*.d.ts", "**/*.test.ts", "**/*.spec.ts", "**/dist/**"];

export interface EntryModules {
  /** Absolute paths, sorted. */
  readonly modules: readonly string[];
  readonly diagnostics: readonly Diagnostic[];
}

/** The modules that entries name: files; directories (their configuration, else every `.ts` below); globs. */
export async function entryModules(entries: readonly string[], cwd: string): Promise<EntryModules> {
  const modules = new Set<string>();
  const diagnostics: Diagnostic[] = [];
  for (const entry of entries) {
    const found = await modulesOf(entry, cwd);
    for (const module of found) modules.add(module);
    if (found.length > 0) continue;
    diagnostics.push({
      code: "compile/no-module",
      severity: "error",
      message: `"${entry}" names no TypeScript module`,
      help: "give a .ts file, a directory that holds some, or a glob in quotes",
    });
  }
  return { modules: [...modules].sort(), diagnostics };
}

async function modulesOf(entry: string, cwd: string): Promise<readonly string[]> {
  const path = resolve(cwd, entry);
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat?.isFile()) return /\.[cm]?[jt]s$/.test(path) ? [path] : [];
  if (stat?.isDirectory()) {
    const config = resolve(path, CONFIG_FILE);
    return existsSync(config) ? [config] : modulesMatching("**/*.ts", path);
  }
  return modulesMatching(entry, cwd);
}

async function modulesMatching(pattern: string, cwd: string): Promise<readonly string[]> {
  const { default: fastGlob } = await import("fast-glob");
  return fastGlob(pattern, { cwd, absolute: true, ignore: IGNORED });
}

/** The configuration of the project a directory belongs to: the nearest one upwards. */
export function findConfig(directory: string): string | undefined {
  for (let at = resolve(directory); ; at = dirname(at)) {
    const path = resolve(at, CONFIG_FILE);
    if (existsSync(path)) return path;
    if (at === dirname(at)) return undefined;
  }
}
