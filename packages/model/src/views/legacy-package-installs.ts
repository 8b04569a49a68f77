import type { Location } from "../diagnostic.js";
import { type Element, regularFileAt, textOf } from "../element.js";
import { strippedLines } from "./text-lines.js";
import type { View } from "./view.js";

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

const LEGACY_FILE = /^((?:pre-install|install|post-install)\.d)\/package-installs-[^/]*$/;

/** Packages of the deprecated files, in the order of the files; lines that begin with `#` are comments here. */
export function parseLegacyPackageInstalls(element: Element): View<readonly LegacyPackageInstall[]> {
  const value: LegacyPackageInstall[] = [];
  for (const path of element.files.keys()) {
    const phase = LEGACY_FILE.exec(path)?.[1];
    const file = phase === undefined ? undefined : regularFileAt(element, path);
    if (phase === undefined || file === undefined) continue;
    for (const { text, location } of strippedLines(textOf(element, file))) {
      if (text.startsWith("#")) continue;
      const uninstall = text.startsWith("-");
      value.push({ phase, name: uninstall ? text.slice(1) : text, uninstall, path, location });
    }
  }
  return { value, diagnostics: [] };
}
