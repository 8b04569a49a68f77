import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import {
  type Diagnostic,
  type Element,
  type ElementFile,
  isElementName,
  loadDiagnostics,
  viewsOf,
} from "@dibkit/model";
import { fingerprint } from "../emit/manifest.js";
import { loadDefinitions } from "../load/load-definitions.js";
import { type Code, call, verbatim } from "./code.js";
import { copyFile } from "./copy-file.js";
import { type DraftContext, draftSpec, type SpecDraft } from "./draft-spec.js";
import { importableDeps, importOrder } from "./element-order.js";
import { identifierOf } from "./identifier.js";
import { moved } from "./import-context.js";
import { type ModuleContent, moduleSource } from "./write-module.js";

export interface ImportOptions {
  readonly elements: readonly Element[];
  readonly outDir: string;
  /** Load what was written, and compare it byte for byte; on unless `false`. */
  readonly verify?: boolean;
  /** Write into directories that hold something already. */
  readonly force?: boolean;
  /** Directory that messages name paths from; without it paths are absolute. */
  readonly cwd?: string;
}

export interface ImportReport {
  /** Names of the imported elements. */
  readonly imported: readonly string[];
  /** Paths of the modules written. */
  readonly modules: readonly string[];
  readonly diagnostics: readonly Diagnostic[];
}

interface PlannedModule {
  readonly element: Element;
  readonly path: string;
  readonly content: ModuleContent;
  readonly draft: SpecDraft;
}

/**
 * Writes element directories as TypeScript definitions: `<name>/element.ts`, and beside it every file that is better
 * kept as a file. Nothing is written when a directory is in the way.
 */
export async function importElements(options: ImportOptions): Promise<ImportReport> {
  const outDir = resolve(options.outDir);
  const unnamed = options.elements.filter(({ name }) => !isElementName(name)).map(badName);
  const refused = [...unnamed, ...options.elements.flatMap(loadDiagnostics)];
  if (refused.length > 0) return { imported: [], modules: [], diagnostics: refused };
  const taken = options.force ? [] : options.elements.filter(({ name }) => isFull(join(outDir, name)));
  if (taken.length > 0) return { imported: [], modules: [], diagnostics: [inTheWay(options, taken)] };
  const planned = planModules(options.elements, outDir);
  const { Project } = await import("ts-morph");
  const project = new Project({ useInMemoryFileSystem: true });
  for (const { element, path, content, draft } of planned) {
    const directory = join(outDir, element.name);
    mkdirSync(directory, { recursive: true });
    for (const file of draft.files) copyFile(file, directory);
    writeFileSync(path, moduleSource(project, "/element.ts", content));
  }
  const modules = planned.map(({ path }) => path);
  const diagnostics = options.verify === false ? [] : await verify(options.elements, modules);
  return { imported: planned.map(({ element }) => element.name), modules, diagnostics };
}

function planModules(elements: readonly Element[], outDir: string): readonly PlannedModule[] {
  const byName = new Map([...elements].sort((a, b) => (a.name < b.name ? -1 : 1)).map((each) => [each.name, each]));
  const deps = new Map(
    [...byName].map(([name, element]) => [name, viewsOf(element).deps.value.map((dep) => dep.name)]),
  );
  const importable = importableDeps(deps);
  const identifiers = identifiersOf([...byName.keys()]);
  const variables = new Map<string, ReadonlySet<string>>();
  const order = importOrder(importable);
  return order.map((name) => {
    const element = byName.get(name) as Element;
    const imports = importable.get(name) ?? new Set<string>();
    const inherited = new Set([...imports].flatMap((dep) => [...(variables.get(dep) ?? [])]));
    const tests: ElementFile[] = [];
    const context: DraftContext = {
      reference: (dep) => (imports.has(dep) ? verbatim(identifiers.get(dep) as string) : byReference(dep)),
      inherited,
      testElement: (test, prefix) => {
        const { code, files } = testCode(test, prefix);
        tests.push(...files);
        return code;
      },
      isTest: false,
      prefix: "",
    };
    const draft = draftSpec(element, context);
    variables.set(name, new Set([...(draft.depends ? inherited : []), ...draft.variables]));
    const content: ModuleContent = {
      identifier: identifiers.get(name) as string,
      callee: "defineElement",
      name,
      argument: draft.fields,
      comment: undefined,
      uses: usesOf(element, draft.depends ? imports : new Set(), identifiers, byName),
    };
    const path = join(outDir, name, moduleName(element));
    return { element, path, content, draft: { ...draft, files: [...draft.files, ...tests] } };
  });
}

function usesOf(
  element: Element,
  imports: ReadonlySet<string>,
  identifiers: ReadonlyMap<string, string>,
  byName: ReadonlyMap<string, Element>,
): ReadonlyMap<string, string> {
  const used = viewsOf(element).deps.value.filter(({ name }) => imports.has(name));
  return new Map(
    used.map(({ name }) => {
      const module = moduleName(byName.get(name) as Element).replace(/\.ts$/, ".js");
      return [`../${name}/${module}`, identifiers.get(name) as string];
    }),
  );
}

function identifiersOf(names: readonly string[]): ReadonlyMap<string, string> {
  const identifiers = new Map<string, string>();
  for (const name of names) identifiers.set(name, identifierOf(name, new Set([...HELPERS, ...identifiers.values()])));
  return identifiers;
}

/** Names a generated module may import, which no element's constant may hide. */
const HELPERS = (
  "bash blockDevice cleanup defineElement elementRef emptyDirectory envDefault envFixed environmentScript extraData " +
  "finalise fromDirectory fromFile install namedEnvironmentScript namedScript postInstall postRoot preFinalise " +
  "preInstall root symlink testElement"
).split(" ");

function byReference(name: string): Code {
  return call("elementRef", name);
}

/** A test element's code, and the files it refers to at their place in the whole element. */
function testCode(test: Element, prefix: string): { readonly code: Code; readonly files: readonly ElementFile[] } {
  const nested: ElementFile[] = [];
  const draft = draftSpec(test, {
    reference: byReference,
    inherited: new Set(),
    testElement: (inner, below) => {
      const { code, files } = testCode(inner, prefix + below);
      nested.push(...files);
      return code;
    },
    isTest: true,
    prefix,
  });
  const files = draft.files.map((file) => moved(file, prefix + file.path));
  return { code: call("testElement", draft.fields), files: [...files, ...nested] };
}

/** `element.ts`, unless the element has a file of that name. */
function moduleName(element: Element): string {
  return ["element.ts", "definition.ts", "dibkit-element.ts"].find((name) => !element.files.has(name)) as string;
}

async function verify(elements: readonly Element[], modules: readonly string[]): Promise<readonly Diagnostic[]> {
  const loaded = await loadDefinitions(modules);
  const compiled = new Map(loaded.elements.map((element) => [element.name, element]));
  return [...loaded.diagnostics, ...elements.flatMap((element) => differences(element, compiled.get(element.name)))];
}

/** Every file that is not the same after import and compile. */
export function differences(original: Element, compiled: Element | undefined): readonly Diagnostic[] {
  const paths = new Set([...original.files.keys(), ...(compiled?.files.keys() ?? [])]);
  return [...paths].flatMap((path) => {
    const [before, after] = [original.files.get(path), compiled?.files.get(path)];
    if (before && after && fingerprint(before) === fingerprint(after)) return [];
    const what = !after ? "is lost" : before ? "has other content" : "was not there before";
    const message = `"${original.name}/${path}" ${what} after import and compile`;
    return [{ code: "import/not-identical", severity: "error", element: original.name, message } as const];
  });
}

function badName({ name, root }: Element): Diagnostic {
  return {
    ...{ code: "import/name", severity: "error", element: name },
    message: `"${root}" cannot be imported: "${name}" cannot be the name of an element; nothing was written`,
    help: 'rename the directory: its name has no white space, "/" or ":"',
  };
}

function isFull(directory: string): boolean {
  return existsSync(directory) && readdirSync(directory).length > 0;
}

function inTheWay({ outDir, elements, cwd }: ImportOptions, taken: readonly Element[]): Diagnostic {
  const shown = (path: string) => (cwd === undefined ? path : relative(cwd, path)) || ".";
  const first = shown(join(outDir, taken[0]?.name ?? ""));
  return {
    code: "import/exists",
    severity: "error",
    message:
      taken.length === 1
        ? `"${first}" exists and is not empty; nothing was written`
        : `${taken.length} of ${elements.length} elements are in "${shown(outDir)}" already, such as "${first}"; nothing was written`,
    help: "give another --out, or --force to write over what is there",
  };
}
