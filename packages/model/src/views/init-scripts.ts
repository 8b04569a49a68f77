import type { Element, ElementFile } from "../element.js";
import type { View } from "./view.js";

/** A file that upstream's `dib-init-system` installs when the image uses that init system. */
export interface InitScript {
  /** `systemd`, `upstart`, `sysv`, `openrc` … */
  readonly init: string;
  readonly name: string;
  readonly path: string;
  readonly entry: ElementFile;
}

/** Files in `init-scripts/<init>/`, deeper ones with their path below it as name. */
export function parseInitScripts(element: Element): View<readonly InitScript[]> {
  const value: InitScript[] = [];
  for (const [path, entry] of element.files) {
    const [, init, name] = /^init-scripts\/([^/]+)\/(.+)$/s.exec(path) ?? [];
    if (init !== undefined && name !== undefined && entry.kind !== "directory") value.push({ init, name, path, entry });
  }
  return { value, diagnostics: [] };
}
