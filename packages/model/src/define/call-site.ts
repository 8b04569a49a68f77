import { fileURLToPath } from "node:url";

/** Where in a module a function was called: an absolute path, one-based line and column (UTF-16 code units). */
export interface CallSite {
  readonly path: string;
  readonly line: number;
  readonly column: number;
}

/**
 * The place that called `callee`; undefined when the engine cannot say, as in evaluated code.
 * User modules are loaded with their types blanked out in place, so the position is that of the TypeScript.
 */
export function callSiteOf(callee: (...parameters: never[]) => unknown): CallSite | undefined {
  const holder: { stack?: unknown } = {};
  const prepare = Error.prepareStackTrace;
  Error.prepareStackTrace = (_, frames) => frames;
  Error.captureStackTrace(holder, callee);
  const frames = holder.stack as readonly NodeJS.CallSite[];
  Error.prepareStackTrace = prepare;
  const frame = frames[0];
  const file = frame?.getFileName();
  if (!frame || !file) return undefined;
  const path = pathOfModule(file);
  return path === undefined
    ? undefined
    : { path, line: frame.getLineNumber() ?? 1, column: frame.getColumnNumber() ?? 1 };
}

/** Path of a module as stack frames name it: a path or a `file:` URL, perhaps with the query of a reload. */
export function pathOfModule(file: string): string | undefined {
  if (file.startsWith("file:")) return fileURLToPath(file.replace(/[?#].*$/, ""));
  return file.startsWith("/") ? file : undefined;
}
