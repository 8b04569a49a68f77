import type { Element, ElementFile } from "../element.js";
import type { View } from "./view.js";

const TEST_ELEMENT_FILE = /^test-elements\/([^/]+)\/(.+)$/s;

/** The elements under `test-elements/`, with paths of their own. */
export function parseTestElements(element: Element): View<readonly Element[]> {
  const byName = new Map<string, ElementFile[]>();
  for (const [path, entry] of element.files) {
    const [, name, inner] = TEST_ELEMENT_FILE.exec(path) ?? [];
    if (name === undefined || inner === undefined) continue;
    byName.set(name, [...(byName.get(name) ?? []), withPath(entry, inner)]);
  }
  const value = [...byName].map(([name, files]) => ({
    name,
    root: `${element.root}/test-elements/${name}`,
    origin: element.origin,
    files: new Map(files.map((file) => [file.path, file])),
  }));
  return { value, diagnostics: [] };
}

/** The same entry under another path; the bytes of a file are still read only when asked for. */
function withPath(entry: ElementFile, path: string): ElementFile {
  if (entry.kind !== "file") return { ...entry, path };
  return {
    kind: "file",
    path,
    origin: entry.origin,
    mode: entry.mode,
    ...(entry.size !== undefined && { size: entry.size }),
    get bytes() {
      return entry.bytes;
    },
  };
}
