/** One registered undo. */
export interface Undo {
  readonly label: string;
  /** Runs it now and takes it off the stack; a second call does nothing. */
  now(): Promise<void>;
  /** Takes it off the stack without running it, because the thing is meant to stay. */
  forget(): void;
}

/** Undo is registered before do, and run in reverse, on failure and on Ctrl-C too. */
export interface UndoStack {
  defer(label: string, undo: () => void | Promise<void>): Undo;
  /** Runs everything still registered, last first; goes on after errors and returns them. */
  unwind(): Promise<readonly { readonly label: string; readonly error: unknown }[]>;
}

export function createUndoStack(): UndoStack {
  const entries: { label: string; undo: () => void | Promise<void> }[] = [];
  const take = (entry: (typeof entries)[number]): boolean => {
    const at = entries.indexOf(entry);
    if (at !== -1) entries.splice(at, 1);
    return at !== -1;
  };
  return {
    defer(label, undo) {
      const entry = { label, undo };
      entries.push(entry);
      return {
        label,
        now: async () => {
          if (take(entry)) await undo();
        },
        forget: () => {
          take(entry);
        },
      };
    },
    async unwind() {
      const failures: { label: string; error: unknown }[] = [];
      for (let entry = entries.pop(); entry !== undefined; entry = entries.pop()) {
        try {
          await entry.undo();
        } catch (error) {
          failures.push({ label: entry.label, error });
        }
      }
      return failures;
    },
  };
}
