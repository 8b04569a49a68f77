import type { Element, ElementFile, RegularFile, SymbolicLink } from "./element.js";

/** Finds one entry of an element by its path, without listing the others. */
export type EntryLookup = (path: string) => ElementFile | undefined;

/** Finds the file that a link leads to outside of its element; undefined when there is none to read. */
export type OutsideLookup = (link: SymbolicLink) => RegularFile | undefined;

// Both are beside the elements, not in them: elements from a disk and those made in memory have the same shape.
const entryLookups = new WeakMap<Element, EntryLookup>();
const outsideLookups = new WeakMap<SymbolicLink, OutsideLookup>();

export function setEntryLookup(element: Element, lookup: EntryLookup): void {
  entryLookups.set(element, lookup);
}

export function setOutsideLookup(link: SymbolicLink, lookup: OutsideLookup): void {
  outsideLookups.set(link, lookup);
}

/**
 * One entry of an element. Of an element on disk whose files have not been listed only that one is looked at: to
 * resolve takes two files of each element, and to list all others would take longer than all the rest.
 */
export function entryAt(element: Element, path: string): ElementFile | undefined {
  const lookup = entryLookups.get(element);
  return lookup ? lookup(path) : element.files.get(path);
}

/** The file that a link leads to outside of its element, for links on a disk; the same object each time. */
export function fileOutside(link: SymbolicLink): RegularFile | undefined {
  return outsideLookups.get(link)?.(link);
}
