import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative, resolve as resolvePath } from "node:path";
import type { LintConfiguration, Rule } from "@dibkit/lint";
import type { Catalog, Diagnostic, Element, Result } from "@dibkit/model";
import { elementsInReach, type Reach } from "../project/elements-in-reach.js";
import type { ProjectFailure } from "../project/project-failure.js";
import { findProjectRoot, type ProjectRoot } from "../project/project-root.js";
import type { Terminal } from "../terminal.js";
import { type RepositoryTexts, repositoryTexts } from "./repository-texts.js";
import { sessionSettings } from "./session-settings.js";

/** Everything that linting needs, found from paths. */
export interface LintSession {
  readonly catalog: Catalog;
  /** Texts of the repositories around the elements. */
  readonly repository: RepositoryTexts;
  /** Elements to report on. */
  readonly elements: readonly Element[];
  /** dibkit's rules and those of plugins. */
  readonly rules: readonly Rule[];
  readonly configuration: LintConfiguration;
  /** Directory that globs of the configuration are relative to. */
  readonly base: string;
  readonly ignoredDibLintChecks: readonly string[];
  /** Trouble in TypeScript modules, and files of elements that cannot be read; to be reported with the rest. */
  readonly diagnostics: readonly Diagnostic[];
}

export type SessionFailure = ProjectFailure;

export interface SessionOptions {
  /** Elements, directories of elements, TypeScript modules, image files; the working directory when empty. */
  readonly paths: readonly string[];
  readonly elementsPath: readonly string[];
  /** Preset instead of the configuration's. */
  readonly preset?: string | undefined;
}

/** Finds configuration, plugins and elements. */
export async function openLintSession(
  terminal: Pick<Terminal, "cwd" | "env">,
  { paths, elementsPath, preset }: SessionOptions,
): Promise<Result<LintSession, SessionFailure>> {
  const { discoverElements, ignoredDibLintChecks, isMeant, lintImageFile, loadConfiguration } = await import(
    "@dibkit/lint"
  );
  const { err, loadDiagnostics, ok } = await import("@dibkit/model");
  const configured = loadConfiguration(terminal.cwd);
  if (!configured.ok) return err({ kind: "findings", diagnostics: configured.error });
  const wanted = paths.length > 0 ? paths : ["."];
  const absolute = wanted.map((path) => resolvePath(terminal.cwd, path));
  const imageFiles = absolute.filter(
    (path) => /\.ya?ml$/.test(path) && statSync(path, { throwIfNoEntry: false })?.isFile(),
  );
  const modules = absolute.flatMap((path) => moduleOf(path) ?? []);
  const project = projectOf(terminal, modules);
  const meant = paths.length === 0 && project.config !== undefined ? [project.config] : modules;
  const discovered = discoverElements(absolute.filter((path) => !isModule(path) && !imageFiles.includes(path)));
  const [missing] = discovered.without.filter((path) => !modules.some((module) => module.startsWith(`${path}/`)));
  if (missing !== undefined && paths.length > 0) return err(noElement(terminal.cwd, missing));
  const base = configured.value?.base ?? terminal.cwd;
  const reach = await elementsInReach(terminal, {
    project,
    modules,
    elementsPath,
    first: discovered.directories,
    last: (configured.value?.configuration.elementsPath ?? []).map((path) => resolvePath(base, path)),
    typecheck: meant.length > 0,
  });
  if (!reach.ok) return reach;
  const { catalog, definedIn } = reach.value;
  const defined = meant.map(definedIn);
  const names = new Set(defined.flatMap(({ elements }) => elements.map(({ name }) => name)));
  const settings = await sessionSettings({
    project: { path: project.config, config: reach.value.config },
    images: defined.flatMap(({ images }) => images),
    file: configured.value,
    preset,
  });
  if (!settings.ok) return err({ kind: "findings", diagnostics: settings.error });
  const { rules, configuration } = settings.value;
  const linted = imageFiles.map((path) => lintImageFile({ path, text: readFileSync(path, "utf8") }, rules));
  const images = [...(configuration.images ?? []), ...linted.flatMap((file) => file.images)];
  const all = [...catalog.elements.values(), ...catalog.shadowed.map(({ element }) => element)];
  // Who names what was compiled means its definition, which hides it.
  const isOutput = (name: string) =>
    discovered.directories
      .map((directory) => join(directory, name))
      .some((root) => isMeant(root, discovered) && existsSync(root) && !all.some((element) => element.root === root));
  const onDisk = all.filter((element) => element.origin === "disk" && isMeant(element.root, discovered));
  return ok({
    catalog: withShadowed(catalog, await comparable(reach.value, terminal.env)),
    repository: repositoryTexts(discovered.directories),
    elements: [...reach.value.elements.filter(({ name }) => names.has(name) || isOutput(name)), ...onDisk],
    rules,
    configuration: { ...configuration, images },
    base,
    ignoredDibLintChecks: ignoredDibLintChecks(terminal.cwd),
    diagnostics: [
      ...reach.value.diagnostics,
      ...linted.flatMap(({ diagnostics }) => diagnostics),
      ...onDisk.flatMap(loadDiagnostics),
    ],
  });
}

function noElement(cwd: string, path: string): SessionFailure {
  const help =
    "give an element, a directory whose sub-directories are elements, a TypeScript module of elements, or an image file";
  const shown = relative(cwd, path) || ".";
  const message = existsSync(path) ? `no element in "${shown}"` : `"${shown}" does not exist`;
  return { kind: "usage", message, help };
}

const isModule = (path: string) => /\.[cm]?ts$/.test(path);

/** The module a path means: itself, or the `dibkit.config.ts` in it. */
function moduleOf(path: string): string | undefined {
  if (isModule(path)) return path;
  const config = join(path, "dibkit.config.ts");
  return existsSync(config) ? config : undefined;
}

/** A project that was named itself, else the one that the working directory is part of. */
function projectOf(terminal: Pick<Terminal, "cwd">, modules: readonly string[]): ProjectRoot {
  const config = modules.find((module) => module.endsWith("/dibkit.config.ts"));
  return config === undefined ? findProjectRoot(terminal, undefined) : { root: dirname(config), config };
}

/** What merely happens to be installed is compared with nothing, and upstream's own tree least of all. */
async function comparable({ catalog, named }: Reach, env: Terminal["env"]): Promise<Catalog["shadowed"]> {
  const { elementsPath, realPath, upstreamInReach } = await import("@dibkit/model");
  const asked = new Set(elementsPath(env, named, []).map((path) => realPath(resolvePath(path)) ?? path));
  const ofUpstream = (element: Element) => upstreamInReach([dirname(element.root)]) !== undefined;
  return catalog.shadowed.filter(
    ({ element, by }) => asked.has(dirname(element.root)) && !ofUpstream(by) && !ofUpstream(element),
  );
}

/** Its diagnostics are not asked for: that would list the files of every element in reach. */
function withShadowed(catalog: Catalog, shadowed: Catalog["shadowed"]): Catalog {
  return {
    elements: catalog.elements,
    paths: catalog.paths,
    lacksUpstream: catalog.lacksUpstream === true,
    shadowed,
    get diagnostics() {
      return catalog.diagnostics;
    },
  };
}
