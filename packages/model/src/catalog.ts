import type { Diagnostic } from "./diagnostic.js";
import type { Element } from "./element.js";

/** All elements that an ELEMENTS_PATH offers; the first entry that has a name wins. */
export interface Catalog {
  /** Sorted by name. */
  readonly elements: ReadonlyMap<string, Element>;
  /** Elements hidden by one of the same name in an earlier path entry. */
  readonly shadowed: readonly { readonly element: Element; readonly by: Element }[];
  /** Path entries that were read, in order of precedence. */
  readonly paths: readonly string[];
  /** Links whose name is another than that of the directory they lead to, which is the element's. */
  readonly links?: ReadonlyMap<string, string>;
  /** Trouble while reading: entries that are not directories, unreadable files, special files. */
  readonly diagnostics: readonly Diagnostic[];
  /** diskimage-builder was looked for and is not there: a name that is missing may well be one of its elements. */
  readonly lacksUpstream?: boolean;
}

/** Which element wins for each name: earlier groups win, as earlier ELEMENTS_PATH entries do. */
export function createCatalog(
  groups: readonly { readonly path: string; readonly elements: readonly Element[] }[],
  diagnostics: readonly Diagnostic[] = [],
): Catalog {
  const winners = new Map<string, Element>();
  const shadowed: { element: Element; by: Element }[] = [];
  for (const group of groups) {
    for (const element of group.elements) {
      const by = winners.get(element.name);
      if (by) shadowed.push({ element, by });
      else winners.set(element.name, element);
    }
  }
  const elements = new Map([...winners].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
  return { elements, shadowed, paths: groups.map((group) => group.path), diagnostics };
}
