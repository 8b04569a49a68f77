import { existsSync, readFileSync, statSync } from "node:fs";
import { delimiter, dirname, join, resolve as resolvePath } from "node:path";
import type { LintConfiguration } from "@dibkit/lint";
import type { Catalog, Diagnostic, Element, Result, SourceText } from "@dibkit/model";
import type { ProjectFailure } from "../project/open-project.js";
import type { Terminal } from "../terminal.js";
import { repositoryTexts } from "./repository-texts.js";

/** Everything that linting needs, found from paths. */
export interface LintSession {
  readonly catalog: Catalog;
  /** Texts of the repositories around the elements; read when first asked for. */
  readonly repositoryTexts: () => readonly SourceText[];
  /** Elements to report on. */
  readonly elements: readonly Element[];
  readonly configuration: LintConfiguration;
  /** Directory that globs of the configuration are relative to. */
  readonly base: string;
  readonly ignoredDibLintChecks: readonly string[];
  /** Trouble in TypeScript modules, to be reported with the rest. */
  readonly diagnostics: readonly Diagnostic[];
}

export type SessionFailure = ProjectFailure;

/** Finds configuration and elements for paths: element directories, directories of elements, `.ts` modules. */
export async function openLintSession(
  terminal: Pick<Terminal, "cwd" | "env">,
  paths: readonly string[],
  extraPath: readonly string[],
): Promise<Result<LintSession, SessionFailure>> {
  const { discoverElements, ignoredDibLintChecks, isMeant, lintImageFile, loadConfiguration } = await import(
    "@dibkit/lint"
  );
  const { createCatalog, elementsPath, err, installedCatalog, ok, realPath, upstreamInReach } = await import(
    "@dibkit/model"
  );
  const configured = loadConfiguration(terminal.cwd);
  if (!configured.ok) return err({ kind: "findings", diagnostics: configured.error });
  const wanted = paths.length > 0 ? paths : ["."];
  const absolute = wanted.map((path) => resolvePath(terminal.cwd, path));
  const modules = [...new Set(absolute.flatMap((path) => modulesOf(path, paths.length === 0)))];
  const defined = await loadDefined(modules);
  const imageFiles = absolute.filter(
    (path) => /\.ya?ml$/.test(path) && statSync(path, { throwIfNoEntry: false })?.isFile(),
  );
  const discovered = discoverElements(
    absolute.filter((path) => !/\.[cm]?ts$/.test(path) && !imageFiles.includes(path)),
  );
  const [missing] = discovered.without.filter((path) => !modules.some((module) => module.startsWith(`${path}/`)));
  if (missing !== undefined && paths.length > 0) {
    const help =
      "give an element, a directory whose sub-directories are elements, a TypeScript module of elements, or an image file";
    return err({ kind: "usage", message: `no element in "${missing}"`, help });
  }
  const base = configured.value?.base ?? terminal.cwd;
  const linted = imageFiles.map((path) => lintImageFile({ path, text: readFileSync(path, "utf8") }));
  const configuration = mergeConfigurations(
    mergeConfigurations(defined.configuration, configured.value?.configuration ?? {}),
    { images: linted.flatMap(({ images }) => images) },
  );
  const extra = extraPath.flatMap((entry) => entry.split(delimiter)).map((path) => resolvePath(terminal.cwd, path));
  const fromConfiguration = (configuration.elementsPath ?? []).map((path) => resolvePath(base, path));
  const directories = [...new Set([...discovered.directories, ...extra, ...fromConfiguration])];
  const onDisk = installedCatalog(terminal.env, directories);
  const all = [...onDisk.elements.values(), ...onDisk.shadowed.map(({ element }) => element)];
  const named = new Set(elementsPath(terminal.env, directories, []).map((path) => realPath(resolvePath(path)) ?? path));
  const ofUpstream = (element: Element) => upstreamInReach([dirname(element.root)]) !== undefined;
  // What merely happens to be installed is compared with nothing, and upstream's own tree least of all.
  const catalog = withDefined(createCatalog, onDisk, defined.elements);
  const shadowed = catalog.shadowed.filter(
    ({ element, by }) => named.has(dirname(element.root)) && !ofUpstream(by) && !ofUpstream(element),
  );
  return ok({
    catalog: { ...catalog, shadowed },
    repositoryTexts: once(() => repositoryTexts(discovered.directories)),
    elements: [...defined.elements, ...all.filter((element) => isMeant(element.root, discovered))],
    configuration,
    base,
    ignoredDibLintChecks: ignoredDibLintChecks(terminal.cwd),
    diagnostics: [...defined.diagnostics, ...linted.flatMap(({ diagnostics }) => diagnostics)],
  });
}

/** The modules a path means: itself, or the `dibkit.config.ts` in it (for the working directory also in its parents). */
function modulesOf(path: string, upwards: boolean): readonly string[] {
  if (/\.[cm]?ts$/.test(path)) return [path];
  for (let at = path; ; at = dirname(at)) {
    const config = join(at, "dibkit.config.ts");
    if (existsSync(config)) return [config];
    if (!upwards || dirname(at) === at) return [];
  }
}

/** `.dibkitrc.json` has the last word over `dibkit.config.ts`. */
function mergeConfigurations(first: LintConfiguration, last: LintConfiguration): LintConfiguration {
  return {
    ...first,
    ...last,
    rules: { ...first.rules, ...last.rules },
    images: [...(first.images ?? []), ...(last.images ?? [])],
    variables: [...(first.variables ?? []), ...(last.variables ?? [])],
    elementsPath: [...(last.elementsPath ?? []), ...(first.elementsPath ?? [])],
  };
}

/** TypeScript elements win over directories of the same name, as the first entry of ELEMENTS_PATH would. */
function withDefined(
  create: typeof import("@dibkit/model").createCatalog,
  onDisk: Catalog,
  defined: readonly Element[],
): Catalog {
  if (defined.length === 0) return onDisk;
  const merged = create([
    { path: "TypeScript", elements: defined },
    { path: "ELEMENTS_PATH", elements: [...onDisk.elements.values()] },
  ]);
  return {
    ...merged,
    paths: onDisk.paths,
    lacksUpstream: onDisk.lacksUpstream === true,
    shadowed: [...merged.shadowed, ...onDisk.shadowed],
  };
}

interface Defined {
  readonly elements: readonly Element[];
  readonly configuration: LintConfiguration;
  readonly diagnostics: readonly Diagnostic[];
}

/** Elements, images and settings that TypeScript modules define; nothing is loaded when there are none. */
async function loadDefined(modules: readonly string[]): Promise<Defined> {
  if (modules.length === 0) return { elements: [], configuration: {}, diagnostics: [] };
  const { loadProject, locate } = await import("@dibkit/compile");
  const { loaded, diagnostics } = await loadProject({ entries: modules });
  const { elements, images, config, configPath } = loaded;
  const directory = dirname(configPath ?? (modules[0] as string));
  const preset = config?.presets?.at(-1);
  const configuration: LintConfiguration = {
    ...(preset !== undefined && { preset }),
    ...(config?.rules && { rules: config.rules }),
    ...(config?.targets && { targets: config.targets }),
    ...(config?.variables && { variables: config.variables }),
    elementsPath: (config?.elementsPath ?? []).map((path) => resolvePath(directory, path)),
    images: images.map((image) => ({
      ...locate(image.site),
      name: image.name,
      elements: image.elements.map((element) => element.name),
      ...(image.arch !== undefined && { arch: image.arch }),
      environment: {
        ...Object.fromEntries(Object.entries(image.environment ?? {}).map(([name, value]) => [name, String(value)])),
        ...(image.blockDevice && { DIB_BLOCK_DEVICE_CONFIG: JSON.stringify(image.blockDevice) }),
      },
    })),
  };
  return { elements, configuration, diagnostics };
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
