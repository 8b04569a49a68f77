import type { SourceText } from "./source-text.js";

/** `error`: will break or silently not happen. `warning`: probably wrong. `info`: worth knowing. */
export type Severity = "error" | "warning" | "info";

/** A half-open range `[start, end)` of UTF-16 offsets in a file that carries its text. */
export interface Location {
  readonly source: SourceText;
  readonly start: number;
  readonly end: number;
}

export interface RelatedLocation {
  readonly message: string;
  readonly location: Location;
}

/** One change of one file; `path` is the absolute path on disk. */
export type FileEdit =
  | {
      readonly kind: "replace";
      readonly path: string;
      readonly start: number;
      readonly end: number;
      readonly text: string;
    }
  | { readonly kind: "chmod"; readonly path: string; readonly executable: boolean }
  | { readonly kind: "rename"; readonly path: string; readonly to: string }
  | { readonly kind: "remove"; readonly path: string };

/** A repair. A `safe` one cannot change what a correct build does; the rest wait for `--fix-unsafe`. */
export interface Fix {
  readonly title: string;
  readonly safe: boolean;
  readonly edits: readonly FileEdit[];
}

/** A finding: something to say about the user's files. Never thrown, never a failure of dibkit. */
export interface Diagnostic {
  /** Stable rule id such as `deps-cycle`, or `typescript/TS2322`, or `schema/package-installs`. */
  readonly code: string;
  readonly severity: Severity;
  /** One lower-case sentence without a full stop; quotes the value and lists the legal ones. */
  readonly message: string;
  /** What to do, in the imperative. */
  readonly help?: string;
  /** Name of the element the finding is about. */
  readonly element?: string;
  readonly location?: Location;
  readonly related?: readonly RelatedLocation[];
  readonly fix?: Fix;
}
