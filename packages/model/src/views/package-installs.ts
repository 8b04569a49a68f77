import type { Location } from "../diagnostic.js";
import type { RegularFile } from "../element.js";
import type { PlainData } from "./data-node.js";

/** A field of a package as it is written. */
export interface PackageField {
  readonly value: PlainData;
  readonly keyLocation: Location;
  readonly location: Location;
}

/** One alternative of a package; a package without a list has exactly one. */
export interface PackageAlternative {
  /** `install.d` unless stated. Any string: only the schema says which are legal. */
  readonly phase: string;
  /** The value of `uninstall`. Upstream acts on the key's presence: ask `fields.has("uninstall")`. */
  readonly uninstall: boolean;
  /** The value of `build-only`. Upstream acts on the key's presence: ask `fields.has("build-only")`. */
  readonly buildOnly: boolean;
  readonly installType: string | undefined;
  /** Trimmed members of `arch`; upstream does not trim, see `fields.get("arch")`. */
  readonly arch: readonly string[];
  /** Trimmed members of `not-arch`. */
  readonly notArch: readonly string[];
  readonly dibPythonVersion: string | undefined;
  /** The statements of `when`, all of which must hold; see `parseWhen`. */
  readonly when: readonly { readonly text: string; readonly location: Location }[];
  /** Every key that is present, unknown ones too. */
  readonly fields: ReadonlyMap<string, PackageField>;
  readonly location: Location;
}

/** A package of `package-installs.yaml` or `.json`. */
export interface PackageInstall {
  readonly name: string;
  /** Where the name is written. */
  readonly location: Location;
  readonly alternatives: readonly PackageAlternative[];
  /** Path of the file in the element. */
  readonly path: string;
  readonly file: RegularFile;
}
