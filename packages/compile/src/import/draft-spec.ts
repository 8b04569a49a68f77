import { ARCHITECTURES, type Element, type ElementFile, isElementName, type RegularFile, viewsOf } from "@dibkit/model";
import { type Code, call, verbatim } from "./code.js";
import { blockDeviceData, packagesDraft, pkgMapDraft, sourceRepositoryData, svcMapDraft } from "./data-drafts.js";
import { environmentDrafts } from "./environment-drafts.js";
import { type FieldDraft, reproduces } from "./field-draft.js";
import { fileCode, fileReference, hasPlainMode, keptMode, moved } from "./import-context.js";
import { readmeDraft } from "./readme-draft.js";
import { installTypeDrafts, type ScriptDraft, scriptDrafts } from "./script-drafts.js";

/** An element's specification, ready to be written. */
export interface SpecDraft {
  /** Fields in the order they are written, each plain data with code in it. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** Files the specification refers to; they have to lie beside the module. */
  readonly files: readonly ElementFile[];
  /** The elements it depends on are in `deps`. */
  readonly depends: boolean;
  /** Variables the element itself sets. */
  readonly variables: readonly string[];
}

export interface DraftContext {
  /** Code of a reference to another element. */
  readonly reference: (name: string) => Code;
  /** Variables that elements it depends on set. */
  readonly inherited: ReadonlySet<string>;
  /** Draft of a test element, whose files are not this element's. */
  readonly testElement: (element: Element, prefix: string) => Code;
  /** A test element has no README of its own, and no summary, unless its directory has one. */
  readonly isTest: boolean;
  /** Where a test element's files are, as seen from the module; empty for an element itself. */
  readonly prefix: string;
}

/** Finds for every file of an element the field that says it best; what no field says is left to `files`. */
export function draftSpec(element: Element, context: DraftContext): SpecDraft {
  const fields: Record<string, unknown> = {};
  const covered = new Set<string>();
  const referred = new Set<string>();
  const layouts = new Set<string>();
  const take: Take = (draft, refers = () => false) => {
    const reproduced = draft && reproduces(element, draft);
    if (!draft || !reproduced) return false;
    const { paths } = reproduced;
    if (paths.length === 0 || paths.some((path) => covered.has(path))) return false;
    fields[draft.key] = draft.code;
    for (const path of paths) {
      covered.add(path);
      if (refers(path)) referred.add(path);
    }
    for (const path of reproduced.layouts) layouts.add(path);
    return true;
  };
  const { readme, environment } = readmeAndEnvironment(element, context);
  Object.assign(fields, readme.fields);
  if (readme.kept !== "file") covered.add("README.rst");
  if (readme.kept === "readme") referred.add("README.rst");
  if (readme.kept === "layout") layouts.add("README.rst");
  const views = viewsOf(element);
  const deps = [...new Set(views.deps.value.filter(({ name }) => isElementName(name)).map(({ name }) => name))];
  const depends = take({
    key: "deps",
    value: deps.map((name) => ({ name, environment: {} })),
    code: deps.map(context.reference),
  });
  const provides = [...new Set(views.provides.value.filter(({ comment }) => !comment).map(({ name }) => name))];
  take({ key: "provides", value: provides, code: provides });
  take(environment.field);
  const inView = new Set([...(depends ? context.inherited : []), ...environment.variables]);
  takeData(element, inView, context.prefix, take);
  takeScripts(element, [...environment.scripts, ...scriptDrafts(element, context.prefix)], context.prefix, take);
  takeTrees(element, fields, context.prefix, covered, referred);
  const tests = testElements(element, context);
  for (const path of tests.covered) covered.add(path);
  if (Object.keys(tests.code).length > 0) fields.testElements = tests.code;
  const rest = [...element.files.values()].filter((file) => !covered.has(file.path));
  const others = otherFiles(element, rest, context.prefix);
  if (rest.length > 0) fields.files = others.code;
  for (const path of others.referred) referred.add(path);
  const laidOut = layoutFiles(element, layouts);
  if (laidOut.length > 0) fields.layout = treeCode(laidOut, layoutDirectory(element), context.prefix);
  const files = [...[...element.files.values()].filter((file) => referred.has(file.path)), ...laidOut];
  return { fields, files, depends, variables: environment.variables };
}

/** Where the README is kept as it is, what it says of variables is said there and nowhere else. */
function readmeAndEnvironment(element: Element, { isTest, prefix }: DraftContext) {
  const environment = environmentDrafts(element, prefix, true);
  const readme = readmeDraft(element, isTest, prefix, environment.field);
  const isLive = readme.kept === "generated" || readme.kept === "layout";
  return { readme, environment: isLive ? environment : environmentDrafts(element, prefix, false) };
}

/** The name of the directory with the layouts, which none of the element's own files have. */
function layoutDirectory(element: Element): string {
  const taken = new Set([...element.files.keys()].map((path) => path.split("/")[0]));
  let name = "layout";
  while (taken.has(name)) name = `dibkit-${name}`;
  return name;
}

function layoutFiles(element: Element, paths: ReadonlySet<string>): readonly ElementFile[] {
  const directory = layoutDirectory(element);
  return [...element.files.values()]
    .filter(({ path }) => paths.has(path))
    .map((file) => moved(file, `${directory}/${file.path}`));
}

/** Takes a field when it reproduces its files; `refers` tells which of these it refers to. */
type Take = (draft: FieldDraft | undefined, refers?: (path: string) => boolean) => boolean;

function takeData(element: Element, inView: ReadonlySet<string>, prefix: string, take: Take): void {
  const data = [
    ["packages", "package-installs.yaml", packagesDraft(element, inView)],
    ["pkgMap", "pkg-map", pkgMapDraft(element)],
    ["svcMap", "svc-map", svcMapDraft(element)],
  ] as const;
  for (const [key, path, draft] of data) if (!take(draft)) takeReference(element, key, path, prefix, take);
  takeKeyed(element, "sourceRepositories", /^source-repository-(.+)$/, sourceRepositoryData, prefix, take);
  const devices = new RegExp(`^block-device-(default|${ARCHITECTURES.join("|")})\\.yaml$`);
  takeKeyed(element, "blockDevices", devices, blockDeviceData, prefix, take);
}

function takeReference(element: Element, key: FieldDraft["key"], path: string, prefix: string, take: Take): void {
  const file = element.files.get(path);
  if (file?.kind === "file") take({ key, value: fileReference(file), code: fileCode(path, prefix) }, () => true);
}

/** Fields that are objects of files: each key is structure when that gives the same bytes, else a reference. */
function takeKeyed(
  element: Element,
  key: FieldDraft["key"],
  pattern: RegExp,
  data: (element: Element, path: string, name: string) => unknown,
  prefix: string,
  take: Take,
): void {
  const files = [...element.files.values()].filter((file): file is RegularFile => file.kind === "file");
  const values: Record<string, unknown> = Object.create(null);
  const codes: Record<string, unknown> = Object.create(null);
  const referred = new Set<string>();
  for (const file of files) {
    const name = pattern.exec(file.path)?.[1];
    if (name === undefined) continue;
    const structured = data(element, file.path, name);
    const kept = structured !== undefined && reproduces(element, { key, value: { [name]: structured }, code: "" });
    values[name] = kept ? structured : fileReference(file);
    codes[name] = kept ? structured : fileCode(file.path, prefix);
    if (!kept) referred.add(file.path);
  }
  if (Object.keys(values).length > 0) take({ key, value: values, code: codes }, (path) => referred.has(path));
}

function takeScripts(element: Element, scripts: readonly ScriptDraft[], prefix: string, take: Take): void {
  const written = scripts.filter((script) => script.code !== undefined);
  if (written.length > 0)
    take(
      { key: "scripts", value: written.map(({ value }) => value), code: written.map(({ code }) => code) },
      () => true,
    );
  const types = [...installTypeDrafts(element, prefix)];
  if (types.length === 0) return;
  const value = Object.fromEntries(types.map(([type, drafts]) => [type, drafts.map((draft) => draft.value)]));
  const code = Object.fromEntries(types.map(([type, drafts]) => [type, drafts.map((draft) => draft.code)]));
  take({ key: "installTypes", value, code }, () => true);
}

/** `static`, `bin` and `init-scripts` as whole directories, or file by file where one has an odd mode. */
function takeTrees(
  element: Element,
  fields: Record<string, unknown>,
  prefix: string,
  covered: Set<string>,
  referred: Set<string>,
): void {
  const trees = (keys: readonly string[], above: string) =>
    keys.flatMap((key) => {
      const files = [...element.files.values()].filter((file) => file.path.startsWith(`${above}${key}/`));
      if (files.length === 0) return [];
      for (const { path } of files) covered.add(path);
      for (const file of files) if (file.kind === "file" || files.every(hasPlainMode)) referred.add(file.path);
      return [[key, treeCode(files, `${above}${key}`, prefix, key === "bin" ? 0o755 : undefined)] as const];
    });
  Object.assign(fields, Object.fromEntries(trees(["static", "bin"], "")));
  const inits = trees(["systemd", "upstart", "sysv", "openrc"], "init-scripts/");
  if (inits.length > 0) fields.initScripts = Object.fromEntries(inits);
}

/** Code of all files below a directory; `usual` is the mode that a file has there when nothing is said. */
function treeCode(files: readonly ElementFile[], directory: string, prefix: string, usual?: number): unknown {
  if (files.every(hasPlainMode)) return call("fromDirectory", `./${prefix}${directory}`);
  return Object.fromEntries(
    files.map((file) => [file.path.slice(directory.length + 1), entryCode(file, prefix, usual)]),
  );
}

function testElements(element: Element, context: DraftContext) {
  const code: Record<string, Code> = Object.create(null);
  const covered: string[] = [];
  for (const test of viewsOf(element).testElements.value) {
    const prefix = `test-elements/${test.name}/`;
    code[test.name] = context.testElement(test, prefix);
    covered.push(...[...element.files.keys()].filter((path) => path.startsWith(prefix)));
  }
  return { code, covered };
}

/** Files that no field has: a directory of nothing else as a whole, everything else one by one. */
function otherFiles(element: Element, rest: readonly ElementFile[], prefix: string) {
  const code: Record<string, unknown> = Object.create(null);
  const referred: string[] = [];
  const plain = new Set(rest.filter(hasPlainMode).map(({ path }) => path));
  for (const file of rest) {
    const directory = directoryOfOnly(plain, file.path, element);
    code[directory ?? file.path] = directory
      ? call("fromDirectory", `./${prefix}${directory}`)
      : entryCode(file, prefix);
    if (directory || file.kind === "file") referred.push(file.path);
  }
  return { code, referred };
}

/** The outermost directory above a path that has several files, all of them among these. */
function directoryOfOnly(paths: ReadonlySet<string>, path: string, element: Element): string | undefined {
  const parts = path.split("/").slice(0, -1);
  return parts
    .map((_, index) => parts.slice(0, index + 1).join("/"))
    .find((directory) => {
      const below = [...element.files.keys()].filter((each) => each.startsWith(`${directory}/`));
      return below.length > 1 && below.every((each) => paths.has(each));
    });
}

function entryCode(file: ElementFile, prefix: string, usual?: number): unknown {
  if (file.kind === "symlink") return call("symlink", file.target);
  const bits = keptMode(file);
  const mode = verbatim(`0o${bits.toString(8)}`);
  if (file.kind === "directory") return call("emptyDirectory", ...(hasPlainMode(file) ? [] : [mode]));
  const code = fileCode(file.path, prefix);
  return hasPlainMode(file) && (usual ?? bits) === bits ? code : { content: code, mode };
}
