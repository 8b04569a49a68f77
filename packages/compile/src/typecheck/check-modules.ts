import { existsSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { API, Diagnostic as CompilerDiagnostic } from "typescript-native/unstable/async";
import { type CompilerProject, compilerProject, upwards } from "./compiler-project.js";

/** A finding of the TypeScript compiler. Offsets are UTF-16. */
export interface CompilerFinding {
  readonly code: number;
  readonly category: "error" | "warning";
  /** Lines of the message chain, the outermost first. */
  readonly lines: readonly string[];
  readonly location: CompilerLocation | undefined;
  readonly related: readonly { readonly message: string; readonly location: CompilerLocation }[];
}

export interface CompilerLocation {
  readonly path: string;
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

export interface CheckRequest {
  readonly modules: readonly string[];
  /** Declarations (or sources) of dibkit's packages, for projects that have not installed them. */
  readonly packages: Readonly<Record<string, string>>;
  /** Directory with `@types`, when the packages are sources. */
  readonly typeRoots: readonly string[] | undefined;
}

export interface CheckResult {
  readonly findings: readonly CompilerFinding[];
  /** Every file the result depends on; undefined when they cannot all be told. */
  readonly files: readonly string[] | undefined;
  /** Places where a tsconfig.json would have changed it. */
  readonly missing: readonly string[];
}

/**
 * Type-checks modules and everything of the author's that they import, in a process of the compiler's own; an aborted
 * check has no result. The compiler is native code: what was written in JavaScript took longer to start than this to
 * finish. When the outer promise is there the compiler works by itself, and this thread can do something else.
 */
export async function startCheck(
  request: CheckRequest,
  signal: AbortSignal | undefined,
): Promise<{ readonly result: Promise<CheckResult | undefined> }> {
  const [first, ...others] = request.modules;
  if (first === undefined) return { result: Promise.resolve({ findings: [], files: [], missing: [] }) };
  const { API } = await import("typescript-native/unstable/async");
  const project = compilerProject([first, ...others], request.typeRoots);
  const compiler = new API({ cwd: dirname(project.path) });
  return { result: check(compiler, project, request, signal) };
}

async function check(
  compiler: API,
  project: CompilerProject,
  request: CheckRequest,
  signal: AbortSignal | undefined,
): Promise<CheckResult | undefined> {
  const stop = () => void compiler.close();
  signal?.addEventListener("abort", stop, { once: true });
  try {
    const own = lacking(request);
    const authors = project.authors && Object.keys(own).length > 0 ? await authorsPaths(compiler, project.authors) : {};
    project.write({ ...own, ...authors });
    const { diagnostics, sources } = await diagnose(compiler, project.path, Object.values(request.packages));
    const texts = new Map<string, string>();
    return {
      findings: diagnostics.filter(({ category }) => category <= 1).map((each) => finding(each, texts)),
      files: project.configs && [...project.configs, ...sources],
      missing: project.missing,
    };
  } catch (error) {
    if (signal?.aborted) return undefined;
    throw error;
  } finally {
    signal?.removeEventListener("abort", stop);
    await compiler.close();
    project.remove();
  }
}

async function diagnose(compiler: API, config: string, packages: readonly string[]) {
  const snapshot = await compiler.updateSnapshot({ openProjects: [config] });
  const program = snapshot.getProject(config)?.program;
  if (!program) throw new Error(`the TypeScript compiler did not open ${config}`);
  const sources = await program.getSourceFileNames();
  const own = packages.map((path) => `${dirname(path)}/`);
  const code = sources.filter((file) => !/\.d\.[cm]?ts$/.test(file));
  const authored = code.filter(
    (file) => !file.includes("/node_modules/") && !own.some((directory) => file.startsWith(directory)),
  );
  // One request for everything is answered faster than one for each file, unless much of it is of no interest.
  const files = authored.length === code.length ? [undefined] : authored;
  const found = await Promise.all([
    program.getConfigFileParsingDiagnostics(),
    program.getProgramDiagnostics(),
    program.getGlobalDiagnostics(),
    ...files.flatMap((file) => [program.getSyntacticDiagnostics(file), program.getSemanticDiagnostics(file)]),
  ]);
  return { diagnostics: found.flat(), sources };
}

/** dibkit's packages that some module cannot import because nothing above it has them installed. */
function lacking({ modules, packages }: CheckRequest): Record<string, readonly string[]> {
  const directories = [...new Set(modules.map((path) => dirname(path)))];
  const installed = (directory: string, name: string) =>
    upwards(directory).some((at) =>
      existsSync(join(at, "node_modules", ...name.split("/").slice(0, 2), "package.json")),
    );
  return Object.fromEntries(
    Object.entries(packages)
      .filter(([name]) => !directories.every((directory) => installed(directory, name)))
      .map(([name, path]) => [name, [path]]),
  );
}

/** Path mappings do not add up, so the author's are repeated beside dibkit's. */
async function authorsPaths(compiler: API, config: string): Promise<Record<string, readonly string[]>> {
  const { options } = await compiler.parseConfigFile(config);
  const { paths, pathsBasePath } = options as { paths?: Record<string, string[]>; pathsBasePath?: string };
  const base = pathsBasePath ?? dirname(config);
  return Object.fromEntries(
    Object.entries(paths ?? {}).map(([pattern, targets]) => [pattern, targets.map((target) => resolve(base, target))]),
  );
}

function finding(diagnostic: CompilerDiagnostic, texts: Map<string, string>): CompilerFinding {
  return {
    code: diagnostic.code,
    category: diagnostic.category === 1 ? "error" : "warning",
    lines: chainOf(diagnostic),
    location: locationOf(diagnostic, texts),
    related: (diagnostic.relatedInformation ?? []).flatMap((information) => {
      const location = locationOf(information, texts);
      return location ? [{ message: chainOf(information).join(" "), location }] : [];
    }),
  };
}

function chainOf({ text, messageChain }: CompilerDiagnostic): readonly string[] {
  return [...text.split("\n"), ...(messageChain ?? []).flatMap(chainOf)];
}

function locationOf(
  { fileName, pos, end }: CompilerDiagnostic,
  texts: Map<string, string>,
): CompilerLocation | undefined {
  if (fileName === undefined || !existsSync(fileName)) return undefined;
  const text = texts.get(fileName) ?? readFileSync(fileName, "utf8");
  texts.set(fileName, text);
  return { path: fileName, text, start: pos, end: Math.max(end, pos + 1) };
}
