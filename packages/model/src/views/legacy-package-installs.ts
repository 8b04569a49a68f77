import type { Location } from "../diagnostic.js";

/** A line of a deprecated `package-installs-<element>` file in a phase directory. */
export interface LegacyPackageInstall {
  readonly phase: string;
  /** Package name without the leading `-`. */
  readonly name: string;
  readonly uninstall: boolean;
  /** Path of the file in the element. */
  readonly path: string;
  readonly location: Location;
}
