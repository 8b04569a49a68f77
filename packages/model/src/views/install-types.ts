import { type Element, isExecutable, type RegularFile, regularFileAt } from "../element.js";
import type { View } from "./view.js";

/** A script that is linked into `install.d` only when its install type is chosen. */
export interface InstallTypeScript {
  readonly name: string;
  readonly path: string;
  readonly file: RegularFile;
  readonly executable: boolean;
}

/** `install.d/<prefix>-<type>-install/`, chosen by `DIB_INSTALLTYPE_<prefix>` or `DIB_DEFAULT_INSTALLTYPE`. */
export interface InstallType {
  readonly prefix: string;
  /** `source`, `package`, or any word an element knows, such as `repo`. */
  readonly type: string;
  /** Path of the directory in the element. */
  readonly path: string;
  readonly scripts: readonly InstallTypeScript[];
}

const INSTALL_TYPE_DIRECTORY = /^(install\.d\/(.+)-([^-/]+)-install)\/([^/]+)$/s;

/** The install type directories of an element that hold something. */
export function parseInstallTypes(element: Element): View<readonly InstallType[]> {
  const byPath = new Map<string, InstallType & { readonly scripts: InstallTypeScript[] }>();
  for (const path of element.files.keys()) {
    const [, directory, prefix, type, name] = INSTALL_TYPE_DIRECTORY.exec(path) ?? [];
    const file = name === undefined ? undefined : regularFileAt(element, path);
    if (directory === undefined || prefix === undefined || type === undefined || name === undefined || !file) continue;
    const found = byPath.get(directory) ?? { prefix, type, path: directory, scripts: [] };
    byPath.set(directory, found);
    found.scripts.push({ name, path, file, executable: isExecutable(file) });
  }
  return { value: [...byPath.values()], diagnostics: [] };
}
