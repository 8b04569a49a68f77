import type { Location } from "../diagnostic.js";

/** One line of `element-deps` or `element-provides`. */
export interface NameEntry {
  /** The stripped line, which is what upstream takes as the name, `#` lines included. */
  readonly name: string;
  /** The line looks like a comment, but upstream has none here: it is the name of an element that cannot exist. */
  readonly comment: boolean;
  readonly location: Location;
}
