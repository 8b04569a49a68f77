import { type FSWatcher, watch } from "node:fs";
import { resolve } from "node:path";

/** Changes that come together, such as those of an editor that saves all, count as one. */
const SETTLE_MILLISECONDS = 60;

/** What happens to the files of directories. */
export interface Changes {
  /** Resolves when something has changed since `forget`, or all is to end. */
  readonly next: () => Promise<void>;
  readonly forget: () => void;
  readonly close: () => void;
}

/** Watches directories and everything below them; `matters` is asked about each absolute path. */
export function changesBelow(
  directories: readonly string[],
  matters: (path: string) => boolean,
  signal: AbortSignal,
): Changes {
  let wake = () => {};
  let changed = false;
  const watchers: readonly FSWatcher[] = directories.map((directory) =>
    watch(directory, { recursive: true }, (_, name) => {
      if (name !== null && !matters(resolve(directory, name))) return;
      changed = true;
      wake();
    }),
  );
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
    close: () => {
      for (const watcher of watchers) watcher.close();
    },
  };
}
