import type { Diagnostic, Location } from "../diagnostic.js";

/** A typed parse of some files of an element. Parsing never throws: trouble is in `diagnostics`, `value` has the rest. */
export interface View<T> {
  readonly value: T;
  readonly diagnostics: readonly Diagnostic[];
}

/** A value and the place in a file that states it. */
export interface Located<T> {
  readonly value: T;
  readonly location: Location;
}
