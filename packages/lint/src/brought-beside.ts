import { dirname } from "node:path/posix";
import type { Catalog, Element } from "@dibkit/model";
import { reachedFrom } from "./systems.js";

/**
 * Whether an element that lies beside this one brings one of the others: images of such a tree may well have what this
 * element forgets to ask for, so that it is only missing where this one is used without them.
 */
export function isBroughtBeside(catalog: Catalog, element: Element, names: readonly string[]): boolean {
  const directory = dirname(element.root);
  return [...catalog.elements.values()].some((other) => {
    if (other === element || dirname(other.root) !== directory || names.includes(other.name)) return false;
    const reached = reachedFrom(catalog, other.name);
    return !reached.has(element.name) && names.some((name) => reached.has(name));
  });
}
