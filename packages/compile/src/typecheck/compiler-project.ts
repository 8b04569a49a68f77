import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";

/** What a project gets that has no tsconfig.json. */
const DEFAULTS = {
  target: "es2023",
  lib: ["es2023"],
  // dibkit runs every module as an ES module, whatever the nearest package.json says.
  module: "esnext",
  moduleResolution: "bundler",
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  verbatimModuleSyntax: true,
  erasableSyntaxOnly: true,
};

/** Whatever the author's tsconfig.json says: nothing is written, and only what authors wrote is checked. */
const FORCED = {
  noEmit: true,
  composite: false,
  incremental: false,
  declaration: false,
  declarationMap: false,
  emitDeclarationOnly: false,
  skipLibCheck: true,
  allowImportingTsExtensions: true,
};

export interface CompilerProject {
  /** A tsconfig.json that names the modules, in a directory of its own. */
  readonly path: string;
  /** Configuration files of the author's that it builds on; undefined when they cannot all be told. */
  readonly configs: readonly string[] | undefined;
  /** Places where another tsconfig.json would have been used instead. */
  readonly missing: readonly string[];
  /** The author's own path mappings are lost unless they are given as `paths`. */
  readonly authors: string | undefined;
  readonly write: (paths: Readonly<Record<string, readonly string[]>>) => void;
  readonly remove: () => void;
}

/** Prepares a tsconfig.json for modules, on top of the nearest one of the first of them. */
export function compilerProject(
  modules: readonly [string, ...string[]],
  typeRoots: readonly string[] | undefined,
): CompilerProject {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), "dibkit-typecheck-")));
  const path = join(directory, "tsconfig.json");
  const missing: string[] = [];
  const authors = upwards(dirname(modules[0]))
    .map((at) => join(at, "tsconfig.json"))
    .find((candidate) => existsSync(candidate) || !missing.push(candidate));
  const roots = typeRoots
    ? { typeRoots, types: ["node"] }
    : { typeRoots: upwards(dirname(modules[0])).map((at) => join(at, "node_modules/@types")) };
  return {
    path,
    configs: authors === undefined ? [] : configChain(authors),
    missing,
    authors,
    write: (paths) => {
      const compilerOptions = {
        ...(authors === undefined ? DEFAULTS : {}),
        ...FORCED,
        ...roots,
        ...(Object.keys(paths).length > 0 ? { paths } : {}),
      };
      const extended = authors === undefined ? {} : { extends: authors };
      writeFileSync(path, JSON.stringify({ ...extended, compilerOptions, files: modules, references: [] }));
    },
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}

/** A directory and those above it. */
export function upwards(directory: string): readonly string[] {
  const parent = dirname(directory);
  return parent === directory ? [directory] : [directory, ...upwards(parent)];
}

/** A configuration and everything it extends. */
function configChain(path: string): readonly string[] | undefined {
  const seen = new Set<string>();
  const visit = (config: string): boolean => {
    if (seen.has(config)) return true;
    if (!existsSync(config)) return false;
    seen.add(config);
    return extendedBy(readFileSync(config, "utf8")).every((name) => {
      const found = locateConfig(name, config);
      return found !== undefined && visit(found);
    });
  };
  return visit(path) ? [...seen] : undefined;
}

function extendedBy(text: string): readonly string[] {
  const value = /"extends"\s*:\s*(\[[^\]]*\]|"[^"]*")/.exec(text)?.[1] ?? "";
  return [...value.matchAll(/"([^"]*)"/g)].map((match) => match[1] as string);
}

function locateConfig(name: string, from: string): string | undefined {
  if (/^(\.{0,2}\/)/.test(name)) {
    const path = resolve(dirname(from), name);
    return [path, `${path}.json`].find((candidate) => candidate.endsWith(".json") && existsSync(candidate));
  }
  for (const candidate of [name, `${name}.json`, `${name}/tsconfig.json`]) {
    try {
      return createRequire(from).resolve(candidate);
    } catch {
      // Another spelling may do.
    }
  }
  return undefined;
}
