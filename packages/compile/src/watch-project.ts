import { relative, resolve, sep } from "node:path";
import { changesBelow } from "./changes-below.js";
import { type CompileOptions, type CompileReport, compileProject } from "./compile-project.js";

export interface WatchOptions extends CompileOptions {
  readonly signal: AbortSignal;
  /** Called after the first compilation and after every further one. */
  readonly onReport: (report: CompileReport) => Promise<void> | void;
}

/** Compiles, and compiles again whenever a file below the working directory changes, until aborted. */
export async function watchProject(options: WatchOptions): Promise<void> {
  const cwd = resolve(options.cwd ?? process.cwd());
  const outDir = resolve(cwd, options.outDir);
  const changes = await changesBelow([cwd], (path) => matters(path, cwd, outDir), options.signal);
  try {
    while (!options.signal.aborted) {
      changes.forget();
      const report = await compileProject(options);
      await options.onReport(report);
      await changes.next();
    }
  } catch (error) {
    if (!options.signal.aborted) throw error;
  } finally {
    await changes.close();
  }
}

function matters(path: string, directory: string, outDir: string): boolean {
  if (path === outDir || path.startsWith(outDir + sep)) return false;
  return !relative(directory, path)
    .split(sep)
    .some((part) => part === "node_modules" || part.startsWith("."));
}
