import { type FSWatcher, watch } from "node:fs";
import { relative, resolve, sep } from "node:path";
import { type CompileOptions, type CompileReport, compileProject } from "./compile-project.js";

/** Changes that come together, such as those of an editor that saves all, are compiled once. */
const SETTLE_MILLISECONDS = 60;

export interface WatchOptions extends CompileOptions {
  readonly signal: AbortSignal;
  /** Called after the first compilation and after every further one. */
  readonly onReport: (report: CompileReport) => Promise<void> | void;
}

/** Compiles, and compiles again whenever a file below the working directory changes, until aborted. */
export async function watchProject(options: WatchOptions): Promise<void> {
  const cwd = resolve(options.cwd ?? process.cwd());
  const changes = changesBelow(cwd, resolve(cwd, options.outDir), options.signal);
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
    changes.close();
  }
}

interface Changes {
  readonly next: () => Promise<void>;
  readonly forget: () => void;
  readonly close: () => void;
}

function changesBelow(directory: string, outDir: string, signal: AbortSignal): Changes {
  let wake = () => {};
  let changed = false;
  const watcher: FSWatcher = watch(directory, { recursive: true }, (_, name) => {
    if (name !== null && !matters(resolve(directory, name), directory, outDir)) return;
    changed = true;
    wake();
  });
  signal.addEventListener("abort", () => wake(), { once: true });
  const settled = () => new Promise<void>((done) => setTimeout(done, SETTLE_MILLISECONDS));
  return {
    forget: () => {
      changed = false;
    },
    async next() {
      if (!changed && !signal.aborted)
        await new Promise<void>((done) => {
          wake = done;
        });
      if (!signal.aborted) await settled();
    },
    close: () => watcher.close(),
  };
}

function matters(path: string, directory: string, outDir: string): boolean {
  if (path === outDir || path.startsWith(outDir + sep)) return false;
  return !relative(directory, path)
    .split(sep)
    .some((part) => part === "node_modules" || part.startsWith("."));
}
