import type { Catalog, Element, ImageDefinition, MatrixDefinition, ProjectConfig, Result } from "@dibkit/model";
import type { OptionSpec } from "../command.js";
import type { Terminal } from "../terminal.js";
import { elementsInReach } from "./elements-in-reach.js";
import type { ProjectFailure } from "./project-failure.js";
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
  /** Matrices of images, sorted by name. */
  readonly matrices: readonly MatrixDefinition[];
}

/**
 * Loads the configuration and the TypeScript definitions it names, those of `modules` too, and finds all elements in
 * reach.
 */
export async function openProject(
  terminal: Pick<Terminal, "cwd" | "env">,
  options: ProjectOptions,
  modules: readonly string[] = [],
): Promise<Result<Project, ProjectFailure>> {
  const project = findProjectRoot(terminal, options.project);
  const { elementsPath, typecheck = false } = options;
  const reach = await elementsInReach(terminal, { project, modules, elementsPath, typecheck });
  if (!reach.ok) return reach;
  const { config, catalog, elements, images, matrices, diagnostics } = reach.value;
  if (diagnostics.some((one) => one.severity === "error"))
    return { ok: false, error: { kind: "findings", diagnostics } };
  return { ok: true, value: { root: project.root, config, catalog, elements, images, matrices } };
}
