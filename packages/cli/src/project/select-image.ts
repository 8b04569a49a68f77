import { existsSync } from "node:fs";
import { resolve as resolvePath } from "node:path";
import type { ImageDefinition, Result } from "@dibkit/model";
import type { Terminal } from "../terminal.js";
import { openProject, type Project, type ProjectOptions } from "./open-project.js";
import type { ProjectFailure } from "./project-failure.js";

/** What the words of a command line name: element names, or one image definition. */
export interface SelectedImage {
  /** Base name of the output: the definition's, or `image` as upstream has it. */
  readonly name: string;
  /** Names to resolve, in the order given. */
  readonly elements: readonly string[];
  /** The definition's; undefined when it does not say, and for element names. */
  readonly arch: string | undefined;
  /** Whether `base` is added. */
  readonly base: boolean;
  /** Variables the definition sets for the build. */
  readonly environment: Readonly<Record<string, string>>;
  /** The definition the words named; its other fields are the flags of `disk-image-create` of that name. */
  readonly definition: ImageDefinition | undefined;
}

/** A module, and the name of one of its definitions: `IMAGE.ts#NAME`. */
export const MODULE = /^(.+\.[cm]?ts)(?:#(.+))?$/;

/** Upstream's `diskimage-builder` takes such files; its `disk-image-create` does not. No element is called so. */
const IMAGE_LIST = /\.ya?ml$/;

/**
 * Opens the project and finds what the positional words name: element names, or one `IMAGE.ts`, with `#NAME` when the
 * module has several images.
 */
export async function selectImage(
  terminal: Pick<Terminal, "cwd" | "env">,
  words: readonly string[],
  options: ProjectOptions,
): Promise<Result<{ readonly project: Project; readonly image: SelectedImage }, ProjectFailure>> {
  const list = words.find((word) => IMAGE_LIST.test(word));
  if (list !== undefined) return usage(`"${list}" is a list of images, not an element`, `use "dibkit images ${list}"`);
  const modules = words.flatMap((word) => MODULE.exec(word)?.[1] ?? []);
  const [module] = modules;
  if (module === undefined) {
    const project = await openProject(terminal, options);
    return project.ok ? { ok: true, value: { project: project.value, image: imageOfNames(words) } } : project;
  }
  if (words.length > 1) {
    return usage(
      `"${module}" stands with other words, but an image definition stands alone`,
      "add the elements to the definition",
    );
  }
  const path = resolvePath(terminal.cwd, module);
  if (!existsSync(path)) return usage(`"${module}" does not exist`, "give the path of a module that exports an image");
  const project = await openProject(terminal, options, [path]);
  if (!project.ok) return project;
  const wanted = MODULE.exec(words[0] as string)?.[2];
  const own = project.value.images.filter((image) => image.site?.path === path);
  const definition = chosen(own.length > 0 ? own : await exportedBy(path), module, wanted);
  return definition.ok
    ? { ok: true, value: { project: project.value, image: imageOfDefinition(definition.value) } }
    : definition;
}

/** Images that a module re-exports, or gets from a function of another one. */
async function exportedBy(path: string): Promise<readonly ImageDefinition[]> {
  const { loadDefinitions } = await import("@dibkit/compile");
  return (await loadDefinitions([path])).images;
}

function chosen(
  images: readonly ImageDefinition[],
  shown: string,
  wanted: string | undefined,
): Result<ImageDefinition, ProjectFailure> {
  const found = wanted === undefined ? images : images.filter((image) => image.name === wanted);
  const [first] = found;
  if (first !== undefined && found.length === 1) return { ok: true, value: first };
  const names = images.map((image) => `"${image.name}"`).join(", ");
  if (images.length === 0) return usage(`"${shown}" exports no image`, "export what defineImage returns");
  if (wanted === undefined)
    return usage(`"${shown}" exports several images: ${names}`, `choose one with "${shown}#NAME"`);
  return usage(`"${shown}" exports no image "${wanted}", but ${names}`, `choose one with "${shown}#NAME"`);
}

function imageOfNames(elements: readonly string[]): SelectedImage {
  return { name: "image", elements, arch: undefined, base: true, environment: {}, definition: undefined };
}

/** A definition as what words named. */
export function imageOfDefinition(definition: ImageDefinition): SelectedImage {
  const environment = Object.entries(definition.environment ?? {}).map(
    ([name, value]) => [name, String(value)] as const,
  );
  return {
    name: definition.name,
    elements: definition.elements.map((element) => element.name),
    arch: definition.arch,
    base: definition.base ?? true,
    environment: Object.fromEntries(environment),
    definition,
  };
}

function usage(message: string, help: string): Result<never, ProjectFailure> {
  return { ok: false, error: { kind: "usage", message, help } };
}
