import { type Catalog, directoryOf, type Element } from "@dibkit/model";
import { reachedFrom } from "./systems.js";

/**
 * Whether an element that lies beside this one brings another: images of such a tree may well have what this element
 * forgets to ask for, so that it is only missing where this one is used without them.
 */
export function isBroughtBeside(catalog: Catalog, element: Element, name: string): boolean {
  return bringersOf(catalog, directoryOf(element.root), name).some(
    (other) => other !== element && !reachedFrom(catalog, other.name).has(element.name),
  );
}

const bringersByCatalog = new WeakMap<Catalog, Map<string, readonly Element[]>>();

/** The elements of a directory that depend on one of this name, however far away. */
function bringersOf(catalog: Catalog, directory: string, name: string): readonly Element[] {
  const known = bringersByCatalog.get(catalog) ?? new Map<string, readonly Element[]>();
  bringersByCatalog.set(catalog, known);
  const key = `${directory}\0${name}`;
  const bringers =
    known.get(key) ??
    [...catalog.elements.values()].filter(
      (other) =>
        other.name !== name && directoryOf(other.root) === directory && reachedFrom(catalog, other.name).has(name),
    );
  known.set(key, bringers);
  return bringers;
}
