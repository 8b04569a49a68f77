import { existsSync } from "node:fs";
import { isAbsolute } from "node:path";
import { fileURLToPath } from "node:url";
import {
  type CallSite,
  type Diagnostic,
  isDefinitionError,
  type Location,
  lineRange,
  moduleText,
  pathOfModule,
} from "@dibkit/model";

/** What an author is told when their module cannot be run: at their own frame, never a stack trace of ours. */
export function loadFailure(error: unknown, entry: string): Diagnostic {
  if (isDefinitionError(error))
    return {
      code: "compile/definition",
      severity: "error",
      message: error.message,
      ...(error.help ? { help: error.help } : {}),
      ...locate(error.site ?? { path: entry, line: 1, column: 1 }),
    };
  const message = error instanceof Error ? error.message : String(error);
  const syntax = /dibkit-syntax (.+?):(\d+):(\d+) ([^\n]+)/.exec(message);
  if (syntax)
    return {
      code: "compile/syntax",
      severity: "error",
      message: `the module cannot be run: ${syntax[4]}`,
      ...(/strip-only/.test(message)
        ? { help: "use only TypeScript that is gone when its types are left out: an object instead of an enum" }
        : {}),
      ...locate({ path: syntax[1] as string, line: Number(syntax[2]), column: Number(syntax[3]) }),
    };
  const name = error instanceof Error && error.name !== "Error" ? `${error.name}: ` : "";
  return {
    code: "compile/load",
    severity: "error",
    message: `the module cannot be run: ${name}${plain(message)}`,
    ...locate(missingImport(error) ?? userFrame(error) ?? { path: entry, line: 1, column: 1 }),
  };
}

/** Where in a module's text a call site is, to the end of its line. */
export function locate(site: CallSite | undefined): { readonly location?: Location } {
  const source = site && moduleText(site.path);
  if (!source) return {};
  const line = lineRange(source, site.line);
  const start = Math.min(line.start + site.column - 1, line.end);
  const text = source.text.slice(start, line.end);
  return { location: { source, start, end: start + Math.max(text.trimEnd().length, 1) } };
}

/** Paths instead of URLs, and no query of a reload. */
function plain(message: string): string {
  return (message.split("\n")[0] as string)
    .replace(/file:\/\/[^\s'")]+/g, (url) => pathOfModule(url) ?? url)
    .replace(/\?dibkit=\d+/g, "");
}

/** The import statement of a module that does not exist. */
function missingImport(error: unknown): CallSite | undefined {
  if ((error as NodeJS.ErrnoException)?.code !== "ERR_MODULE_NOT_FOUND") return undefined;
  const match = /Cannot find (?:module|package) '([^']+)' imported from (.+?)(?:\?dibkit=\d+)?$/m.exec(
    (error as Error).message,
  );
  const [, missing, parent] = match ?? [];
  const importer = parent?.startsWith("file:") ? fileURLToPath(parent) : parent;
  const source = importer ? moduleText(importer) : undefined;
  if (!missing || !importer || !source) return undefined;
  const stem = missing.replace(/^.*\//, "").replace(/\.\w+$/, "");
  const lines = source.text.split("\n");
  const index = lines.findIndex((line) => /\b(?:from|import)\b/.test(line) && line.includes(stem));
  return { path: importer, line: Math.max(index, 0) + 1, column: 1 };
}

/** The innermost frame in the author's own files. */
function userFrame(error: unknown): CallSite | undefined {
  const stack = error instanceof Error ? (error.stack ?? "") : "";
  for (const match of stack.matchAll(/((?:file:\/\/)?\/[^\s():]+?)(?:\?[^\s():]*)?:(\d+)(?::(\d+))?/g)) {
    const path = pathOfModule(match[1] as string);
    if (!path || !isAbsolute(path) || !isUserFile(path)) continue;
    return { path, line: Number(match[2]), column: Number(match[3] ?? 1) };
  }
  return undefined;
}

function isUserFile(path: string): boolean {
  return !path.includes("/node_modules/") && !path.startsWith(OWN_PACKAGES) && existsSync(path);
}

/** The directory that holds dibkit's packages: `node_modules/@dibkit/`, or `packages/` of its repository. */
const OWN_PACKAGES = fileURLToPath(new URL("../../../", import.meta.url));
