import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

export const repository = fileURLToPath(new URL("../../", import.meta.url));
export const packageNames = readdirSync(join(repository, "packages")).sort();
/** Those that go to a registry of npm; the others are private. */
export const publishedNames = packageNames.filter((name) => {
  const manifest = JSON.parse(readFileSync(join(repository, "packages", name, "package.json"), "utf8"));
  return manifest.private !== true;
});

export interface SourceFile {
  /** Path from the repository's root. */
  readonly path: string;
  readonly package: string;
  readonly text: string;
  /** Module specifiers of static and dynamic imports and re-exports. */
  readonly imports: readonly string[];
  /** Those of `import type` and `export type`, which are gone at run time, left out. */
  readonly runtimeImports: readonly string[];
}

/** Every TypeScript file in packages/NAME/src. */
export const sourceFiles: readonly SourceFile[] = packageNames.flatMap((name) =>
  filesBelow(join(repository, "packages", name, "src"))
    .filter((path) => path.endsWith(".ts"))
    .map((path) => read(name, path)),
);

/** Absolute paths of all files below a directory that git keeps or would keep: no build output, no image. */
export function filesBelow(directory: string): readonly string[] {
  const list = ["ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", directory];
  return execFileSync("git", list, { cwd: repository, encoding: "utf8", maxBuffer: 64 * 1024 * 1024 })
    .split("\0")
    .filter((path) => path !== "")
    .map((path) => join(repository, path))
    .filter((path) => existsSync(path))
    .sort();
}

function read(packageName: string, path: string): SourceFile {
  const text = readFileSync(path, "utf8");
  const code = withoutComments(text);
  const statements = [...code.matchAll(/^\s*(?:import|export)\b(\s+type\b)?[^;"'`]*?\bfrom\s*["']([^"']+)["']/gm)];
  const bare = [...code.matchAll(/^\s*import\s*["']([^"']+)["']/gm)].map((match) => match[1] as string);
  const dynamic = [...code.matchAll(/\bimport\(\s*["']([^"']+)["']/g)].map((match) => match[1] as string);
  const all = [...statements.map((match) => match[2] as string), ...bare, ...dynamic];
  const typeOnly = statements.filter((match) => match[1]).map((match) => match[2] as string);
  const runtime = [...all];
  for (const name of typeOnly) runtime.splice(runtime.indexOf(name), 1);
  return { path: relative(repository, path), package: packageName, text, imports: all, runtimeImports: runtime };
}

/** Code with block and whole-line comments replaced by blanks, so that examples in them do not count. */
export function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, (comment) => comment.replace(/[^\n]/g, " ")).replace(/^\s*\/\/.*$/gm, "");
}

/** Repository path of the module that a relative import names. */
export function targetOf(file: SourceFile, specifier: string): string {
  return join(dirname(file.path), specifier).replace(/\.js$/, ".ts");
}
