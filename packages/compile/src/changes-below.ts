import { basename, join } from "node:path";

/** Changes that come together, such as those of an editor that saves all, count as one. */
const SETTLE_MILLISECONDS = 60;

/** What happens to the files of directories. */
export interface Changes {
  /** Resolves when something has changed since `forget`, or all is to end. */
  readonly next: () => Promise<void>;
  readonly forget: () => void;
  readonly close: () => Promise<void>;
}

/**
 * Watches directories and everything below them, also what is removed and comes again, and what an editor puts in the
 * place of another file; `matters` is asked about each absolute path. Resolves when nothing can be missed any more.
 */
export async function changesBelow(
  directories: readonly string[],
  matters: (path: string) => boolean,
  signal: AbortSignal,
): Promise<Changes> {
  const { watch } = await import("chokidar");
  let wake = () => {};
  let changed = false;
  const seen = (path: string) => {
    if (!matters(path)) return;
    changed = true;
    wake();
  };
  const watcher = watch([...directories], {
    ignoreInitial: true,
    followSymlinks: false,
    // They are large, and no file of an element is in them.
    ignored: (path) => /^(node_modules|\.git)$/.test(basename(path)),
  });
  watcher.on("all", (_, path) => seen(path));
  // An execute bit that comes or goes is told here only.
  watcher.on("raw", (_, name, details) => {
    const { watchedPath } = details as { readonly watchedPath: string };
    if (name) seen(basename(watchedPath) === name ? watchedPath : join(watchedPath, name));
  });
  await new Promise<void>((resolve, reject) => {
    watcher.once("ready", resolve);
    watcher.once("error", reject);
  });
  // A directory may go while it is looked into.
  watcher.on("error", () => {});
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
