import { delimiter, dirname, resolve as resolvePath } from "node:path";
import type { CollectedDefinitions } from "@dibkit/compile";
import type {
  Catalog,
  Diagnostic,
  Element,
  ImageDefinition,
  MatrixDefinition,
  ProjectConfig,
  Result,
} from "@dibkit/model";
import type { Terminal } from "../terminal.js";
import type { ProjectFailure } from "./project-failure.js";
import type { ProjectRoot } from "./project-root.js";

/** What decides which elements a command has in reach. */
export interface ReachRequest {
  readonly project: ProjectRoot;
  /** Modules besides the project's configuration. */
  readonly modules: readonly string[];
  /** What `--elements-path` said. */
  readonly elementsPath: readonly string[];
  /** Absolute directories of elements that come before all others. */
  readonly first?: readonly string[];
  /** Absolute directories that come after those of the project. */
  readonly last?: readonly string[];
  readonly typecheck: boolean;
}

/** All elements in reach, and what TypeScript modules define besides. */
export interface Reach {
  /** What `dibkit.config.ts` says; empty without one. */
  readonly config: ProjectConfig;
  /** TypeScript elements first, then the directories of the request, ELEMENTS_PATH and upstream's own. */
  readonly catalog: Catalog;
  /** Elements defined in TypeScript, sorted by name. */
  readonly elements: readonly Element[];
  /** Images defined in TypeScript, sorted by name. */
  readonly images: readonly ImageDefinition[];
  /** Matrices of images, sorted by name. */
  readonly matrices: readonly MatrixDefinition[];
  /** What one of the modules exports, and the elements that depends on. */
  readonly definedIn: (module: string) => DefinedIn;
  /** Absolute directories that were named, by the command line or a configuration. */
  readonly named: readonly string[];
  /** Trouble in TypeScript modules. */
  readonly diagnostics: readonly Diagnostic[];
}

type DefinedIn = Pick<CollectedDefinitions, "elements" | "images">;

/**
 * The one discovery of all commands: runs TypeScript modules, and finds the elements of all directories. Without modules
 * the TypeScript compiler is not even loaded.
 */
export async function elementsInReach(
  terminal: Pick<Terminal, "cwd" | "env">,
  request: ReachRequest,
): Promise<Result<Reach, ProjectFailure>> {
  const { checkElementsPath, elementsPath, err, installedCatalog, ok, upstreamInstallation } = await import(
    "@dibkit/model/resolution"
  );
  const { root, config: configPath } = request.project;
  const entries = [...new Set([...(configPath === undefined ? [] : [configPath]), ...request.modules])];
  const defined = await definitionsIn(entries, terminal.cwd, request.typecheck);
  const config = defined.config ?? {};
  const extra = request.elementsPath
    .flatMap((entry) => entry.split(delimiter))
    .filter((entry) => entry !== "")
    .map((path) => resolvePath(terminal.cwd, path));
  // Upstream refuses them too: an override in a directory whose name is misspelt would silently not be used. Those of
  // a configuration may be output that nobody has compiled yet.
  const [unusable] = checkElementsPath(elementsPath(terminal.env, extra));
  if (unusable !== undefined) return err({ kind: "usage", message: unusable.message, help: unusable.help ?? "" });
  const { DIB_LIB } = terminal.env;
  if (DIB_LIB && upstreamInstallation(terminal.env) === undefined) {
    const help = "give its package, its lib directory or a checkout of it, or unset DIB_LIB";
    return err({ kind: "usage", message: `DIB_LIB names "${DIB_LIB}", which holds no diskimage-builder`, help });
  }
  const ofConfig = (config.elementsPath ?? []).map((path) =>
    resolvePath(configPath ? dirname(configPath) : root, path),
  );
  const named = [...new Set([...(request.first ?? []), ...extra, ...ofConfig, ...(request.last ?? [])])];
  const catalog = withDefined(installedCatalog(terminal.env, named), defined.elements, await outputs(defined.elements));
  const { elements, images, matrices, definedIn, diagnostics } = defined;
  return ok({ config, catalog, elements, images, matrices, definedIn, named, diagnostics });
}

interface Definitions {
  readonly elements: readonly Element[];
  readonly images: readonly ImageDefinition[];
  readonly matrices: readonly MatrixDefinition[];
  readonly config: ProjectConfig | undefined;
  readonly definedIn: (module: string) => DefinedIn;
  readonly diagnostics: readonly Diagnostic[];
}

async function definitionsIn(entries: readonly string[], cwd: string, check: boolean): Promise<Definitions> {
  if (entries.length === 0) {
    return {
      elements: [],
      images: [],
      matrices: [],
      config: undefined,
      definedIn: () => ({ elements: [], images: [] }),
      diagnostics: [],
    };
  }
  const { loadProject } = await import("@dibkit/compile");
  const { loaded, diagnostics } = await loadProject({ entries, cwd, typecheck: check });
  return { ...loaded, diagnostics };
}

/** Tells whether an element on disk is what `dibkit compile` made of a definition; nothing is loaded without definitions. */
async function outputs(defined: readonly Element[]): Promise<(element: Element) => boolean> {
  if (defined.length === 0) return () => false;
  const { readManifest } = await import("@dibkit/compile");
  return ({ root, name }) => readManifest(dirname(root)).has(name);
}

/**
 * TypeScript elements hide directories of the same name, as an entry at the head of ELEMENTS_PATH would. One that was
 * compiled from a definition is no other element, and hidden without a word.
 */
function withDefined(onDisk: Catalog, defined: readonly Element[], isOutput: (element: Element) => boolean): Catalog {
  if (defined.length === 0) return onDisk;
  const names = new Map(defined.map((element) => [element.name, element]));
  const hidden = [...onDisk.elements.values()].flatMap((element) => {
    const by = names.get(element.name);
    return by && !isOutput(element) ? [{ element, by }] : [];
  });
  const elements = new Map([...onDisk.elements, ...names].sort(([a], [b]) => (a < b ? -1 : 1)));
  return {
    elements,
    shadowed: [...hidden, ...onDisk.shadowed],
    paths: onDisk.paths,
    lacksUpstream: onDisk.lacksUpstream === true,
    get diagnostics() {
      return onDisk.diagnostics;
    },
  };
}
