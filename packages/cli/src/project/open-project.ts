import { delimiter, dirname, resolve as resolvePath } from "node:path";
import type { Catalog, Diagnostic, Element, ImageDefinition, ProjectConfig, Result } from "@dibkit/model";
import type { OptionSpec } from "../command.js";
import type { Terminal } from "../terminal.js";
import { findProjectRoot } from "./project-root.js";

/** Options of every command that works on elements; spread them into a command's `options`. */
export const projectOptions = {
  elementsPath: {
    type: "string",
    value: "DIRS",
    repeatable: true,
    summary: "look for elements in DIRS (colon-separated) before ELEMENTS_PATH and upstream's own",
  },
  project: {
    type: "string",
    value: "DIR",
    summary: "the project's directory, by default the nearest one with a dibkit.config.ts",
  },
} as const satisfies Readonly<Record<string, OptionSpec>>;

export interface ProjectOptions {
  readonly elementsPath: readonly string[];
  readonly project: string | undefined;
  /** Type-check the TypeScript too, as before something that takes minutes. */
  readonly typecheck?: boolean;
}

/** Elements and images that a command works on. */
export interface Project {
  /** Absolute directory of the project, or the working directory when there is none. */
  readonly root: string;
  /** What `dibkit.config.ts` says; empty without one. */
  readonly config: ProjectConfig;
  /** TypeScript elements of the project first, then `--elements-path`, the config's, ELEMENTS_PATH, upstream's own. */
  readonly catalog: Catalog;
  /** Elements defined in TypeScript, sorted by name. */
  readonly elements: readonly Element[];
  /** Images defined in TypeScript, sorted by name. */
  readonly images: readonly ImageDefinition[];
}

/** The project cannot be opened: findings in its TypeScript, or a word on the command line that names nothing. */
export type ProjectFailure =
  | { readonly kind: "findings"; readonly diagnostics: readonly Diagnostic[] }
  | { readonly kind: "usage"; readonly message: string; readonly help: string };

/**
 * Loads the configuration and the TypeScript definitions it names, those of `modules` too, and finds all elements in
 * reach. Without any of them the TypeScript compiler is not even loaded.
 */
export async function openProject(
  terminal: Pick<Terminal, "cwd" | "env">,
  options: ProjectOptions,
  modules: readonly string[] = [],
): Promise<Result<Project, ProjectFailure>> {
  const { err, installedCatalog, ok } = await import("@dibkit/model/resolution");
  const { root, config: configPath } = findProjectRoot(terminal, options.project);
  const entries = [...(configPath === undefined ? [] : [configPath]), ...modules];
  const defined = await definitionsIn(entries, terminal.cwd, options.typecheck === true);
  if (defined.diagnostics.some((one) => one.severity === "error")) {
    return err({ kind: "findings", diagnostics: defined.diagnostics });
  }
  const config = defined.config ?? {};
  const extra = options.elementsPath.flatMap((entry) => entry.split(delimiter)).filter((entry) => entry !== "");
  const directories = [
    ...extra.map((path) => resolvePath(terminal.cwd, path)),
    ...(config.elementsPath ?? []).map((path) => resolvePath(configPath ? dirname(configPath) : root, path)),
  ];
  const onDisk = installedCatalog(terminal.env, directories);
  const { elements, images } = defined;
  return ok({ root, config, catalog: withDefined(onDisk, elements), elements, images });
}

interface Definitions {
  readonly elements: readonly Element[];
  readonly images: readonly ImageDefinition[];
  readonly config: ProjectConfig | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

async function definitionsIn(entries: readonly string[], cwd: string, check: boolean): Promise<Definitions> {
  if (entries.length === 0) return { elements: [], images: [], config: undefined, diagnostics: [] };
  const { loadProject } = await import("@dibkit/compile");
  const { loaded, diagnostics } = await loadProject({ entries, cwd, typecheck: check });
  return { ...loaded, diagnostics };
}

/** TypeScript elements hide directories of the same name, as an entry at the head of ELEMENTS_PATH would. */
function withDefined(onDisk: Catalog, defined: readonly Element[]): Catalog {
  if (defined.length === 0) return onDisk;
  const names = new Map(defined.map((element) => [element.name, element]));
  const hidden = [...onDisk.elements.values()].flatMap((element) => {
    const by = names.get(element.name);
    return by ? [{ element, by }] : [];
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
