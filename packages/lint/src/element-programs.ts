import type { Catalog, Element } from "@dibkit/model";

const programsByCatalog = new WeakMap<Catalog, ReadonlyMap<string, readonly Element[]>>();

/** Programs in `bin/` of the elements in reach, and which elements have each. */
export function elementPrograms(catalog: Catalog): ReadonlyMap<string, readonly Element[]> {
  const known = programsByCatalog.get(catalog);
  if (known) return known;
  const owners = new Map<string, Element[]>();
  for (const element of catalog.elements.values()) {
    for (const path of element.files.keys()) {
      const name = /^bin\/([^/]+)$/.exec(path)?.[1];
      if (name === undefined) continue;
      const others = owners.get(name);
      if (others) others.push(element);
      else owners.set(name, [element]);
    }
  }
  programsByCatalog.set(catalog, owners);
  return owners;
}
