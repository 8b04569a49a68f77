import { statSync } from "node:fs";
import type { CommandEntry } from "./command.js";

/** Commands that `npm run build` also bundles, see `scripts/bundle.mjs`. */
export const BUNDLED: ReadonlySet<string> = new Set(["build", "lint", "plan", "shell"]);
/**
 * Packages that the bundle is made of: when any was compiled since, the bundle says what was true before. What makes the
 * bundle holds the list to what is in it.
 */
export const COMPILED = [
  "model",
  "shell",
  "lint",
  "exec",
  "registry",
  "runner",
  "contents",
  "conform",
  "fleet",
  "cli",
] as const;

/**
 * A module as its bundle, which starts several times faster than the hundreds of modules it is made of; undefined without
 * a bundle, or with one that is out of date. What a bundle holds twice, such as the element model, keeps no state but
 * caches. `module` is one in the compiled directory of this package.
 */
export async function fromBundle<T>(name: string, module: string | URL = import.meta.url): Promise<T | undefined> {
  const bundle = new URL(`../bundle/${name}.js`, module);
  const made = modified(bundle);
  if (made === undefined) return undefined;
  // An installed package has one time for all its files, and nothing is compiled later.
  const compiled = COMPILED.map((part) => modified(new URL(`../../${part}/dist/.tsbuildinfo`, module)) ?? 0);
  return made < Math.max(...compiled) ? undefined : ((await import(bundle.href)) as T);
}

/** The command, from the bundle when it is there. */
export function bundledCommand(entry: CommandEntry, module?: string | URL): CommandEntry {
  if (!BUNDLED.has(entry.name)) return entry;
  return { ...entry, load: async () => (await fromBundle(entry.name, module)) ?? entry.load() };
}

function modified(file: URL): number | undefined {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs;
}
