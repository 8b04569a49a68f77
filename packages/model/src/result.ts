/**
 * Outcome of an operation that is expected to fail sometimes. `E` is a closed union of failure values;
 * a thrown error always means a bug in dibkit.
 */
export type Result<T, E> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: E };

/** The outcome of an operation that succeeded. */
export function ok<T>(value: T): { readonly ok: true; readonly value: T } {
  return { ok: true, value };
}

/** The outcome of an operation that failed, as was to be expected sometimes. */
export function err<E>(error: E): { readonly ok: false; readonly error: E } {
  return { ok: false, error };
}
