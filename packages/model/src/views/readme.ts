import type { Location } from "../diagnostic.js";
import type { RegularFile } from "../element.js";

/** An environment variable that a README documents. */
export interface ReadmeVariable {
  readonly name: string;
  readonly required: boolean | undefined;
  /** Text of the default as the README words it. */
  readonly default: string | undefined;
  readonly description: string;
  readonly location: Location;
}

/** What `README.rst` says. */
export interface Readme {
  readonly path: string;
  readonly file: RegularFile;
  readonly title: string | undefined;
  /** First paragraph on one line, without reStructuredText markup. */
  readonly summary: string | undefined;
  /** Variables in the order of the file. */
  readonly variables: readonly ReadmeVariable[];
}
