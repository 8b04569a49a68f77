import { createRequire } from "node:module";
import { dirname } from "node:path";
import type ts_ from "typescript";

// An import of this 9 MB of CommonJS would first be scanned for names to export, which takes longer than running it.
const ts: typeof ts_ = createRequire(import.meta.url)("typescript");

/** A finding of the TypeScript compiler as plain data, so that it can cross threads. Offsets are UTF-16. */
export interface CompilerFinding {
  readonly code: number;
  readonly category: "error" | "warning";
  /** Lines of the message chain, the outermost first. */
  readonly lines: readonly string[];
  readonly place: CompilerPlace | undefined;
  readonly related: readonly { readonly message: string; readonly place: CompilerPlace }[];
}

export interface CompilerPlace {
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

/** What a project gets that has no tsconfig.json. */
const DEFAULTS: ts_.CompilerOptions = {
  target: ts.ScriptTarget.ES2023,
  lib: ["lib.es2023.d.ts"],
  // dibkit runs every module as an ES module, whatever the nearest package.json says.
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  verbatimModuleSyntax: true,
  erasableSyntaxOnly: true,
};

export interface CheckResult {
  readonly findings: readonly CompilerFinding[];
  /** Every file the result depends on. */
  readonly files: readonly string[];
  /** Places where a tsconfig.json would have changed it. */
  readonly missing: readonly string[];
}

/** Type-checks modules and everything of the author's that they import. */
export function checkModules(request: CheckRequest): CheckResult {
  const first = request.modules[0];
  if (first === undefined) return { findings: [], files: [], missing: [] };
  const { options, errors, configs, missing } = compilerOptions(dirname(first), request);
  const host = ts.createCompilerHost(options);
  host.jsDocParsingMode = ts.JSDocParsingMode.ParseNone;
  host.resolveModuleNameLiterals = (literals, containing, redirected, current) =>
    literals.map(({ text }) => {
      const found = ts.resolveModuleName(text, containing, current, host, undefined, redirected, MODE);
      const own = found.resolvedModule ? undefined : request.packages[text];
      return own === undefined
        ? found
        : { resolvedModule: { resolvedFileName: own, extension: extensionOf(own), isExternalLibraryImport: true } };
    });
  const program = ts.createProgram({ rootNames: [...request.modules], options, host });
  const own = new Set(Object.values(request.packages).map((path) => path.replace(/[^/]*$/, "")));
  const authored = program
    .getSourceFiles()
    .filter((file) => !file.isDeclarationFile && !file.fileName.includes("/node_modules/"))
    .filter((file) => ![...own].some((directory) => file.fileName.startsWith(directory)));
  const diagnostics = [
    ...errors,
    ...program.getOptionsDiagnostics(),
    ...program.getGlobalDiagnostics(),
    ...authored.flatMap((file) => [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)]),
  ];
  return {
    findings: diagnostics.filter((each) => each.category <= ts.DiagnosticCategory.Error).map(finding),
    files: [...configs, ...program.getSourceFiles().map((file) => file.fileName)],
    missing,
  };
}

const MODE = ts.ModuleKind.ESNext;

function extensionOf(path: string): ts_.Extension {
  return path.endsWith(".d.ts") ? ts.Extension.Dts : ts.Extension.Ts;
}

function compilerOptions(directory: string, request: CheckRequest) {
  const missing: string[] = [];
  const path = ts.findConfigFile(directory, (candidate) => {
    const exists = ts.sys.fileExists(candidate);
    if (!exists) missing.push(candidate);
    return exists;
  });
  // What a configuration extends is read through the host too, so everything it depends on is known.
  const configs: string[] = [];
  const readFile = (file: string) => {
    configs.push(file);
    return ts.sys.readFile(file);
  };
  const host = { ...ts.sys, readFile, onUnRecoverableConfigFileDiagnostic: () => {} };
  const parsed = path ? ts.getParsedCommandLineOfConfigFile(path, {}, host) : undefined;
  const options: ts_.CompilerOptions = {
    ...(parsed?.options ?? DEFAULTS),
    noEmit: true,
    composite: false,
    incremental: false,
    declaration: false,
    declarationMap: false,
    emitDeclarationOnly: false,
    skipLibCheck: true,
    allowImportingTsExtensions: true,
    ...(request.typeRoots ? { typeRoots: [...request.typeRoots], types: ["node"] } : {}),
  };
  delete options.tsBuildInfoFile;
  // A project without source files of its own (TS18003) is fine: the modules are named one by one.
  const errors = (parsed?.errors ?? []).filter((error) => error.code !== 18003);
  return { options, errors, configs, missing };
}

function finding(diagnostic: ts_.Diagnostic): CompilerFinding {
  return {
    code: diagnostic.code,
    category: diagnostic.category === ts.DiagnosticCategory.Error ? "error" : "warning",
    lines: ts.flattenDiagnosticMessageText(diagnostic.messageText, "\n").split("\n"),
    place: placeOf(diagnostic),
    related: (diagnostic.relatedInformation ?? []).flatMap((information) => {
      const place = placeOf(information);
      return place ? [{ message: ts.flattenDiagnosticMessageText(information.messageText, " "), place }] : [];
    }),
  };
}

function placeOf({ file, start, length }: ts_.DiagnosticRelatedInformation): CompilerPlace | undefined {
  if (!file || start === undefined) return undefined;
  return { path: file.fileName, text: file.text, start, end: start + (length ?? 1) };
}
