import { existsSync, readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import type { LintPlugin, LoadedPlugin } from "@dibkit/lint";
import type { Diagnostic } from "@dibkit/model";

/** Where a configuration names a plugin: by what, and in which file. A plugin of a TypeScript configuration is a value. */
export interface NamedPlugin {
  readonly plugin: string | LintPlugin;
  /** Absolute path of the configuration, which the name is relative to. */
  readonly configuration: string;
}

export interface LoadedPlugins {
  readonly plugins: readonly LoadedPlugin[];
  /** Empty, or all that is wrong: then nothing is linted, as findings would be missing without a word. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Loads the packages and files that a configuration names, each once, and checks what they export. */
export async function loadPlugins(named: readonly NamedPlugin[]): Promise<LoadedPlugins> {
  if (named.length === 0) return { plugins: [], diagnostics: [] };
  const { checkPlugin, clashProblems } = await import("@dibkit/lint");
  const plugins: LoadedPlugin[] = [];
  const diagnostics: Diagnostic[] = [];
  const seen = new Set<string | LintPlugin>();
  for (const { plugin, configuration } of named) {
    const key = typeof plugin === "string" ? `${plugin}\0${dirname(configuration)}` : plugin;
    if (seen.has(key)) continue;
    seen.add(key);
    const exported = typeof plugin === "string" ? await load(plugin, configuration) : { value: plugin };
    if ("diagnostic" in exported) {
      diagnostics.push(exported.diagnostic);
      continue;
    }
    const checked = checkPlugin(exported.value, typeof plugin === "string" ? plugin : configuration);
    if (checked.ok) plugins.push(checked.value);
    else diagnostics.push(...checked.error);
  }
  diagnostics.push(...clashProblems(plugins));
  return { plugins, diagnostics };
}

type Loaded = { readonly value: unknown } | { readonly diagnostic: Diagnostic };

async function load(name: string, configuration: string): Promise<Loaded> {
  const { importDefault } = await import("@dibkit/compile");
  const { pluginProblem } = await import("@dibkit/lint");
  const path = resolve(dirname(configuration), name);
  if (name.endsWith(".json") && existsSync(path)) return parsed(name, configuration, readFileSync(path, "utf8"));
  const imported = await importDefault(name, configuration);
  if (imported.ok) return { value: imported.value };
  if (imported.error.kind === "missing") {
    const help = /^\.{0,2}\//.test(name)
      ? `correct the path, which is relative to the directory of ${configuration}, or take it out of "plugins"`
      : `install it with "npm install --save-dev ${name}", write "./${name}" for a file, or take it out of "plugins"`;
    return { diagnostic: pluginProblem(name, `of "${configuration}" does not exist`, help) };
  }
  const { message, location } = imported.error.diagnostic;
  const broken = await unloadable(name, configuration, message.replace(/^the module cannot be run: /, ""));
  return { diagnostic: { ...broken, ...(location && { location }) } };
}

/** Presets alone need no program. */
async function parsed(name: string, configuration: string, text: string): Promise<Loaded> {
  const { readJson } = await import("@dibkit/model");
  const read = readJson(text);
  return read.ok ? { value: read.value } : { diagnostic: await unloadable(name, configuration, read.error) };
}

async function unloadable(name: string, configuration: string, reason: string): Promise<Diagnostic> {
  const { pluginProblem } = await import("@dibkit/lint");
  const words = `of "${configuration}" cannot be loaded: ${reason}`;
  return pluginProblem(name, words, 'repair it, or take it out of "plugins"');
}
