import { dirname } from "node:path";
import { pathToFileURL } from "node:url";
import {
  type Diagnostic,
  type Element,
  type ElementDefinition,
  elementOf,
  forgetModuleTexts,
  type ImageDefinition,
  type MatrixDefinition,
  type ProjectConfig,
} from "@dibkit/model";
import { type CollectedDefinitions, collectDefinitions } from "./collect-definitions.js";
import { CONFIG_FILE, entryModules } from "./entry-modules.js";
import { loadFailure, locate } from "./load-failure.js";
import { loadNativeImport, registerHooks } from "./register-hooks.js";

export interface LoadOptions {
  /** Directory that relative entries and globs start from. */
  readonly cwd?: string;
  /** Told all entry modules as soon as they are known, most of which have not been loaded then; awaited. */
  readonly onModules?: (modules: readonly string[]) => Promise<void> | void;
}

/** Everything a project defines in TypeScript. Nothing is left out because something else is wrong. */
export interface LoadedDefinitions {
  /** Sorted by name. */
  readonly definitions: readonly ElementDefinition[];
  /** The definitions as elements; one that cannot become files is missing and has a diagnostic. */
  readonly elements: readonly Element[];
  readonly images: readonly ImageDefinition[];
  readonly matrices: readonly MatrixDefinition[];
  readonly config: ProjectConfig | undefined;
  /** Path of the `dibkit.config.ts` that was read. */
  readonly configPath: string | undefined;
  /** Entry modules that were loaded. */
  readonly modules: readonly string[];
  /** What an entry module exports, and the elements that depends on. A configuration exports what its modules do. */
  readonly definedIn: (module: string) => Pick<CollectedDefinitions, "elements" | "images">;
  readonly diagnostics: readonly Diagnostic[];
}

let generation = 0;

/**
 * Runs an author's modules and collects what they export. Every call loads the modules afresh.
 *
 * @param entries `.ts` files, directories and globs; a `dibkit.config.ts` brings the modules it names.
 */
export async function loadDefinitions(
  entries: readonly string[],
  options: LoadOptions = {},
): Promise<LoadedDefinitions> {
  const cwd = options.cwd ?? process.cwd();
  generation += 1;
  forgetModuleTexts();
  const modules = new Set<string>();
  const exports: unknown[] = [];
  const exportsByModule = new Map<string, readonly unknown[]>();
  const diagnostics: Diagnostic[] = [];
  const run = async (paths: readonly string[]) => {
    const fresh = paths.filter((path) => !modules.has(path));
    for (const path of fresh) modules.add(path);
    await registerHooks();
    // All at once: while one is being loaded another can run.
    for (const [index, loaded] of (await Promise.all(fresh.map(importModule))).entries()) {
      if (loaded.ok) {
        exports.push(...loaded.exports);
        exportsByModule.set(fresh[index] as string, loaded.exports);
      } else diagnostics.push(loaded.diagnostic);
    }
  };
  const found = await entryModules(entries, cwd);
  diagnostics.push(...found.diagnostics);
  const configPath = found.modules.find((path) => path.endsWith(`/${CONFIG_FILE}`));
  if (configPath) await run([configPath]);
  const named = collectDefinitions(exports, siteOf).config?.elements?.filter((entry) => typeof entry === "string");
  const more = configPath && named?.length ? await entryModules(named, dirname(configPath)) : undefined;
  diagnostics.push(...(more?.diagnostics ?? []));
  const all = [...new Set([...found.modules, ...(more?.modules ?? [])])];
  await options.onModules?.(all);
  await run(all);
  const collected = collectDefinitions(exports, siteOf);
  diagnostics.push(...collected.diagnostics);
  // What a module exports that could not be run is not known.
  if (configPath && exportsByModule.has(configPath) && collected.config === undefined) {
    diagnostics.push({
      code: "compile/no-configuration",
      severity: "error",
      message: `${CONFIG_FILE} exports no configuration`,
      help: 'write "export default defineConfig({ … })", with defineConfig of "@dibkit/model"',
      ...locate({ path: configPath, line: 1, column: 1 }),
    });
  }
  const elements: Element[] = [];
  for (const definition of collected.elements) {
    try {
      elements.push(elementOf(definition));
    } catch (error) {
      diagnostics.push({ ...loadFailure(error, definition.site?.path ?? ""), element: definition.name });
    }
  }
  return {
    definitions: collected.elements,
    elements,
    images: collected.images,
    matrices: collected.matrices,
    config: collected.config,
    configPath,
    modules: all,
    definedIn: (module) =>
      module === configPath ? collected : collectDefinitions(exportsByModule.get(module) ?? [], siteOf),
    diagnostics,
  };
}

function siteOf(definition: ElementDefinition | ImageDefinition | MatrixDefinition) {
  return locate(definition.site);
}

type Imported =
  | { readonly ok: true; readonly exports: readonly unknown[] }
  | { readonly ok: false; readonly diagnostic: Diagnostic };

async function importModule(path: string): Promise<Imported> {
  const url = pathToFileURL(path);
  url.searchParams.set("dibkit", String(generation));
  try {
    const namespace = await loadNativeImport().nativeImport(url.href);
    return { ok: true, exports: Object.values(namespace) };
  } catch (error) {
    return { ok: false, diagnostic: loadFailure(error, path) };
  }
}
