import { fileURLToPath } from "node:url";
import ts from "typescript";

/** What an editor shows of a module of an author. */
export interface Editor {
  /** Documentation on hover over the word that a `^` mark stands before. */
  readonly hovers: readonly Hover[];
  /** Names that are offered at each `|` mark between quotes or braces. */
  readonly offers: readonly (readonly string[])[];
}

export interface Hover {
  readonly word: string;
  /** Declaration of what the word names. */
  readonly shown: string;
  readonly documentation: string;
}

const module = fileURLToPath(new URL("in-the-editor.ts", import.meta.url));

const options: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  strict: true,
  exactOptionalPropertyTypes: true,
  skipLibCheck: true,
  noEmit: true,
  types: ["node"],
};

let text = "";
let version = 0;
const service = ts.createLanguageService({
  ...ts.sys,
  useCaseSensitiveFileNames: () => true,
  getScriptFileNames: () => [module],
  getScriptVersion: (path) => (path === module ? String(version) : "0"),
  getScriptSnapshot: (path) => {
    const content = path === module ? text : ts.sys.readFile(path);
    return content === undefined ? undefined : ts.ScriptSnapshot.fromString(content);
  },
  getCurrentDirectory: () => fileURLToPath(new URL("../..", import.meta.url)),
  getCompilationSettings: () => options,
  getDefaultLibFileName: ts.getDefaultLibFilePath,
  fileExists: (path) => path === module || ts.sys.fileExists(path),
});

/** Asks TypeScript's language service about a module: hovers at `«^»`, completions at `«|»`. */
export function inTheEditor(marked: string): Editor {
  const marks: { readonly kind: string; readonly at: number }[] = [];
  const pieces = marked.split(/«([\^|])»/);
  text = "";
  version += 1;
  pieces.forEach((piece, index) => {
    if (index % 2 === 1) marks.push({ kind: piece, at: text.length });
    else text += piece;
  });
  return {
    hovers: marks.filter(({ kind }) => kind === "^").map(({ at }) => hover(at)),
    offers: marks
      .filter(({ kind }) => kind === "|")
      .map(({ at }) => (service.getCompletionsAtPosition(module, at, {})?.entries ?? []).map(({ name }) => name)),
  };
}

/** What can be called of the exports of a module, and its documentation. */
export function exportedFunctions(specifier: string): readonly Hover[] {
  const head = `import * as all from ${JSON.stringify(specifier)};\n`;
  const [names = []] = inTheEditor(`${head}all.«|»`).offers;
  const uses = names.map((name) => `all.«^»${name};\n`).join("");
  return inTheEditor(head + uses).hovers.filter(({ shown }) => /^(\(alias\) )?function |=> /.test(shown));
}

/** Interfaces that a module exports, and their fields, that have no documentation; fields `dibkit` only tell values apart. */
export function undocumentedFields(specifier: string): readonly string[] {
  inTheEditor(`export * from ${JSON.stringify(specifier)};\n`);
  const checker = service.getProgram()?.getTypeChecker();
  const file = service.getProgram()?.getSourceFile(module);
  const own = file && checker?.getSymbolAtLocation(file);
  if (!checker || !own) throw new Error(`"${specifier}" is no module`);
  const isBare = (symbol: ts.Symbol) => symbol.getDocumentationComment(checker).length === 0;
  return checker.getExportsOfModule(own).flatMap((exported) => {
    const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
    if (!(symbol.flags & ts.SymbolFlags.Interface)) return [];
    const fields = [...(symbol.members?.values() ?? [])].filter(({ flags }) => flags & ts.SymbolFlags.Property);
    const bare = fields.filter((field) => field.name !== "dibkit" && isBare(field));
    return [...(isBare(symbol) ? [symbol.name] : []), ...bare.map((field) => `${symbol.name}.${field.name}`)];
  });
}

function hover(at: number): Hover {
  const info = service.getQuickInfoAtPosition(module, at);
  const shown = ts.displayPartsToString(info?.displayParts);
  const word = /^["'\w-]+/.exec(text.slice(at))?.[0] ?? "";
  return { word, shown, documentation: ts.displayPartsToString(info?.documentation) };
}
