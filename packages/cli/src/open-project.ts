import { delimiter, resolve as resolvePath } from "node:path";
import type { Catalog, Diagnostic, Element, Result } from "@dibkit/model";
import type { OptionSpec } from "./command.js";
import type { Terminal } from "./terminal.js";

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
}

/** Elements and images that a command works on. */
export interface Project {
  /** Absolute directory of the project, or the working directory when there is none. */
  readonly root: string;
  /** TypeScript elements of the project first, then `--elements-path`, the config's, ELEMENTS_PATH, upstream's own. */
  readonly catalog: Catalog;
  /** Elements defined in TypeScript. */
  readonly elements: readonly Element[];
}

/** What the words of a command line name: element names, or one image definition. */
export interface SelectedImage {
  /** Base name of the output: the definition's, or `image` as upstream has it. */
  readonly name: string;
  /** Names to resolve, in the order given. */
  readonly elements: readonly string[];
  /** The definition's; undefined when it does not say. */
  readonly arch: string | undefined;
  /** Whether `base` is added. */
  readonly base: boolean;
  /** Variables the definition sets for the build. */
  readonly environment: Readonly<Record<string, string>>;
}

/** The project cannot be opened: findings in its TypeScript, or a word on the command line that names nothing. */
export type ProjectFailure =
  | { readonly kind: "findings"; readonly diagnostics: readonly Diagnostic[] }
  | { readonly kind: "usage"; readonly message: string; readonly help: string };

/** Loads the configuration and the TypeScript definitions, and finds all elements in reach. */
export async function openProject(
  terminal: Terminal,
  options: ProjectOptions,
): Promise<Result<Project, ProjectFailure>> {
  const { elementsPath, loadCatalog, ok, upstreamInstallation } = await import("@dibkit/model");
  const root = resolvePath(terminal.cwd, options.project ?? ".");
  const extra = options.elementsPath
    .flatMap((entry) => entry.split(delimiter))
    .map((path) => resolvePath(terminal.cwd, path));
  const upstream = upstreamInstallation(terminal.env);
  const catalog = loadCatalog(elementsPath(terminal.env, extra, upstream ? [upstream.elements] : []));
  return ok({ root, catalog, elements: [] });
}

/** Opens the project and finds what the positional words name. */
export async function selectImage(
  terminal: Terminal,
  words: readonly string[],
  options: ProjectOptions,
): Promise<Result<{ readonly project: Project; readonly image: SelectedImage }, ProjectFailure>> {
  const project = await openProject(terminal, options);
  if (!project.ok) return project;
  const image = { name: "image", elements: words, arch: undefined, base: true, environment: {} };
  return { ok: true, value: { project: project.value, image } };
}
