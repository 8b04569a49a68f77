import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Element, viewsOf } from "@dibkit/model";
import { identifierOf } from "../import/identifier.js";
import { bindingModule, ownVariables } from "./bindings-module.js";

/** Last line of every generated module: only files that have it are ever removed. */
const MARK = '// Written by "dibkit bindings".\n';

export interface BindingsReport {
  readonly written: readonly string[];
  readonly unchanged: readonly string[];
  readonly removed: readonly string[];
}

/**
 * Writes one module for each element of a catalog, and an index of them. The same elements give the same bytes; a
 * module of an element that is gone is removed.
 */
export async function writeBindings(elements: ReadonlyMap<string, Element>, outDir: string): Promise<BindingsReport> {
  const { Project } = await import("ts-morph");
  const project = new Project({ useInMemoryFileSystem: true });
  const names = [...elements.keys()].sort();
  const identifiers = new Map<string, string>();
  for (const name of names) identifiers.set(name, identifierOf(name, new Set(["bash", ...identifiers.values()])));
  const files = new Map<string, string>();
  for (const name of names) {
    const element = elements.get(name) as Element;
    const own = new Set(ownVariables(element).map((variable) => variable.name));
    const inherited = inheritedVariables(element, elements).filter((variable) => !own.has(variable));
    const identifier = identifiers.get(name) as string;
    files.set(`${name}.ts`, bindingModule(project, { element, identifier, inherited }) + MARK);
  }
  const index = names.map((name) => `export { ${identifiers.get(name)} } from "./${name}.js";\n`).join("");
  files.set("index.ts", index + MARK);
  return write(files, outDir);
}

/** Variables set by what an element depends on, through any number of steps. */
function inheritedVariables(element: Element, elements: ReadonlyMap<string, Element>): readonly string[] {
  const seen = new Set([element.name]);
  const queue = [element];
  const variables = new Set<string>();
  for (let each = queue.pop(); each; each = queue.pop()) {
    for (const { name } of viewsOf(each).deps.value) {
      const dep = elements.get(name);
      if (!dep || seen.has(name)) continue;
      seen.add(name);
      queue.push(dep);
      for (const variable of ownVariables(dep)) variables.add(variable.name);
    }
  }
  return [...variables].sort();
}

function write(files: ReadonlyMap<string, string>, outDir: string): BindingsReport {
  mkdirSync(outDir, { recursive: true });
  const written: string[] = [];
  const unchanged: string[] = [];
  for (const [name, text] of files) {
    const path = join(outDir, name);
    if (existsSync(path) && readFileSync(path, "utf8") === text) unchanged.push(path);
    else {
      writeFileSync(path, text);
      written.push(path);
    }
  }
  const stale = readdirSync(outDir)
    .filter((name) => name.endsWith(".ts") && !files.has(name))
    .map((name) => join(outDir, name))
    .filter((path) => readFileSync(path, "utf8").endsWith(MARK));
  for (const path of stale) rmSync(path);
  return { written, unchanged, removed: stale };
}
