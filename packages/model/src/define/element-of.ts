import type { Element, ElementFile, OriginSpan } from "../element.js";
import { isBash } from "./bash.js";
import type { BlockDeviceTreeSpec } from "./block-device-spec.js";
import type { CallSite } from "./call-site.js";
import type { ElementDefinition } from "./define-element.js";
import { DefinitionError } from "./definition-error.js";
import type { ElementSpec } from "./element-spec.js";
import {
  bashFile,
  contentFile,
  type FieldSite,
  fieldFile,
  referencedFile,
  textFile,
  treeFiles,
} from "./emitted-files.js";
import { variableText } from "./environment-text.js";
import { fieldRange } from "./field-spans.js";
import type { FileReference } from "./file-content.js";
import { hasLayout, layOut } from "./layout/lay-out.js";
import { type PackagesSpec, packageInstallsData } from "./package-spec.js";
import { readmeText } from "./readme-text.js";
import type { ScriptDefinition } from "./script.js";
import { SCRIPT_HEADER } from "./script-header.js";
import { type SourceRepositorySpec, sourceRepositoryText } from "./source-repository-spec.js";
import { yamlList, yamlMapping } from "./yaml-text.js";

const elements = new WeakMap<ElementDefinition, Element>();

/**
 * The element a definition describes, as if it had been loaded from disk. The same object each time.
 *
 * @throws DefinitionError when a referenced file is missing or two fields write one file.
 */
export function elementOf(definition: ElementDefinition): Element {
  const known = elements.get(definition);
  if (known) return known;
  const { name, spec, site } = definition;
  const emitted = specFiles(name, spec, site, true);
  const files = new Map([...emitted].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
  const inputs = (spec.scripts ?? []).flatMap((script) =>
    script.inputs ? [[`${script.directory}/${script.name}`, script.inputs] as const] : [],
  );
  const phases = Object.entries(spec.environment ?? {}).map(([key, variable]) => [key, variable.phases] as const);
  const declared = { inputs: new Map(inputs), phases: new Map(phases) };
  const element: Element = { name, root: site?.path ?? name, origin: "typescript", files, declared };
  elements.set(definition, element);
  return element;
}

/** Variables a script of a TypeScript element declares to read; undefined when it does not say. */
export function declaredInputs(element: Element, path: string): readonly string[] | undefined {
  return element.declared?.inputs.get(path);
}

/**
 * Variables that a TypeScript element sets, each with the phases whose scripts read it; undefined where it does not say.
 * An element on disk says nothing of any.
 */
export function declaredPhases(element: Element): ReadonlyMap<string, readonly string[] | undefined> {
  return element.declared?.phases ?? new Map();
}

function specFiles(
  name: string,
  spec: ElementSpec,
  site: CallSite | undefined,
  withReadme: boolean,
): Map<string, ElementFile> {
  const files = new Map<string, ElementFile>();
  if (spec.readme !== undefined && (spec.summary ?? spec.description) !== undefined)
    throw new DefinitionError(
      `element "${name}" has a readme, so its ${spec.summary === undefined ? "description" : "summary"} would be written nowhere`,
      site,
      "leave one of them out",
    );
  const add = (file: ElementFile, from = site) => {
    if (files.has(file.path))
      throw new DefinitionError(
        `element "${name}" defines "${file.path}" twice`,
        from,
        "give one of them another name",
      );
    files.set(file.path, file);
  };
  const at = (...field: string[]): FieldSite => ({ site, field });
  for (const file of listFiles(spec, at)) add(file);
  const environment = environmentTexts(name, spec);
  for (const file of environmentFiles(environment, at)) add(file);
  for (const file of dataFiles(spec, at)) add(file);
  for (const script of spec.scripts ?? []) add(scriptFile(script, script.directory), script.site);
  for (const [type, scripts] of Object.entries(spec.installTypes ?? {}))
    for (const script of scripts) add(scriptFile(script, `install.d/${name}-${type}-install`), script.site);
  if (spec.static) for (const file of treeFiles("static/", spec.static, undefined, at("static"))) add(file);
  if (spec.bin) for (const file of treeFiles("bin/", spec.bin, 0o755, at("bin"))) add(file);
  for (const [init, tree] of Object.entries(spec.initScripts ?? {}))
    for (const file of treeFiles(`init-scripts/${init}/`, tree, undefined, at("initScripts", init))) add(file);
  for (const [test, element] of Object.entries(spec.testElements ?? {}))
    for (const file of specFiles(test, element.spec, element.site, element.spec.summary !== undefined).values())
      add({ ...copyOf(file), path: `test-elements/${test}/${file.path}` });
  if (spec.readme) add(contentFile("README.rst", spec.readme, undefined, at("readme")));
  else if (withReadme && spec.readme === undefined) add(fieldFile("README.rst", readmeText(name, spec), at("summary")));
  for (const layout of spec.layout ? treeFiles("", spec.layout, undefined, at("layout")) : []) {
    const file = files.get(layout.path);
    if (!hasLayout(layout.path) || layout.kind !== "file")
      throw new DefinitionError(
        `element "${name}" lays out "${layout.path}", which no field writes`,
        site,
        "put it into files",
      );
    if (file?.kind === "file")
      files.set(file.path, layOut(file, layout, environment.get(file.path)?.pieces ?? [], site));
  }
  if (spec.files) for (const file of treeFiles("", spec.files, undefined, at("files"))) add(file);
  return files;
}

/** A copy that keeps the getter of lazily read bytes. */
function copyOf(file: ElementFile): ElementFile {
  return Object.defineProperties({}, Object.getOwnPropertyDescriptors(file)) as ElementFile;
}

function listFiles(spec: ElementSpec, at: (field: string) => FieldSite): ElementFile[] {
  const deps = (spec.deps ?? []).map(({ name }, index) => ({ name, index }));
  const provides = (spec.provides ?? []).map((name, index) => ({ name, index }));
  // dib-lint wants the dependencies sorted.
  deps.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  return [
    ...listFile("element-deps", unique(deps), at("deps")),
    ...listFile("element-provides", unique(provides), at("provides")),
  ];
}

function unique<T extends { readonly name: string }>(items: readonly T[]): T[] {
  return items.filter(({ name }, index) => items.findIndex((other) => other.name === name) === index);
}

/** One name a line; each line comes from its item of the field. */
function listFile(
  path: string,
  items: readonly { readonly name: string; readonly index: number }[],
  { site, field }: FieldSite,
): ElementFile[] {
  if (items.length === 0) return [];
  const spans = () => {
    let end = 0;
    return items.flatMap(({ name, index }) => {
      const start = end;
      end += name.length + 1;
      return keyed({ start, end }, { site, field: [...field, index] });
    });
  };
  return [textFile(path, items.map(({ name }) => `${name}\n`).join(""), 0o644, spans)];
}

/** What is written into one file of `environment.d`. */
interface EnvironmentText {
  text: string;
  readonly pieces: { readonly name: string; readonly text: string }[];
}

function environmentTexts(name: string, spec: ElementSpec): ReadonlyMap<string, EnvironmentText> {
  const texts = new Map<string, EnvironmentText>();
  for (const [variable, declaration] of Object.entries(spec.environment ?? {})) {
    const path = `environment.d/${declaration.file ?? `50-${name}`}`;
    const file = texts.get(path) ?? { text: "", pieces: [] };
    const piece = { name: variable, text: variableText(variable, declaration) };
    file.text += piece.text;
    file.pieces.push(piece);
    texts.set(path, file);
  }
  return texts;
}

function environmentFiles(
  texts: ReadonlyMap<string, EnvironmentText>,
  at: (...field: string[]) => FieldSite,
): ElementFile[] {
  return [...texts].map(([path, { text, pieces }]) =>
    textFile(path, text, 0o644, () => {
      let end = 0;
      return pieces.flatMap((piece) => {
        const start = end;
        end += piece.text.length;
        return keyed({ start, end }, at("environment", piece.name));
      });
    }),
  );
}

function keyed(range: { readonly start: number; readonly end: number }, from: FieldSite): OriginSpan[] {
  const source = fieldRange(from.site, from.field);
  return source ? [{ ...range, ...source }] : [];
}

function dataFiles(spec: ElementSpec, at: (...field: string[]) => FieldSite): ElementFile[] {
  const files: ElementFile[] = [];
  if (spec.packages)
    files.push(
      mappingFile("package-installs.yaml", spec.packages, at("packages"), (data) =>
        packageInstallsData(data as PackagesSpec),
      ),
    );
  if (spec.pkgMap)
    files.push(
      isReference(spec.pkgMap)
        ? referencedFile("pkg-map", spec.pkgMap)
        : fieldFile("pkg-map", `${JSON.stringify(spec.pkgMap, null, 2)}\n`, at("pkgMap")),
    );
  if (spec.svcMap) files.push(mappingFile("svc-map", spec.svcMap, at("svcMap"), (data) => data));
  for (const [key, value] of Object.entries(spec.sourceRepositories ?? {})) {
    const path = `source-repository-${key}`;
    files.push(
      isReference(value)
        ? referencedFile(path, value)
        : fieldFile(
            path,
            sourceRepositoryText(key, value as SourceRepositorySpec | readonly SourceRepositorySpec[], at().site),
            at("sourceRepositories", key),
          ),
    );
  }
  for (const [key, value] of Object.entries(spec.blockDevices ?? {})) {
    const path = `block-device-${key}.yaml`;
    files.push(
      isReference(value)
        ? referencedFile(path, value)
        : fieldFile(path, yamlList(value as BlockDeviceTreeSpec), at("blockDevices", key)),
    );
  }
  return files;
}

function mappingFile(path: string, value: object, from: FieldSite, data: (value: object) => object): ElementFile {
  if (isReference(value)) return referencedFile(path, value);
  const { text, entries } = yamlMapping(data(value) as Record<string, unknown>);
  return textFile(path, text, 0o644, () =>
    entries.flatMap(({ key, ...range }) => keyed(range, { site: from.site, field: [...from.field, key] })),
  );
}

function scriptFile(script: ScriptDefinition, directory: string): ElementFile {
  const path = `${directory}/${script.name}`;
  const mode = script.executable ? 0o755 : 0o644;
  const { body } = script;
  if (!isBash(body)) return contentFile(path, body, mode, { site: script.site, field: [] });
  const header = script.directory === "environment.d" ? "" : SCRIPT_HEADER;
  return bashFile(path, body, header, mode, () => fieldRange(script.site, []));
}

function isReference(value: unknown): value is FileReference {
  return (value as { dibkit?: unknown }).dibkit === "file";
}
