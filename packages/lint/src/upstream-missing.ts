import { type Catalog, type Diagnostic, type Element, INSTALL_UPSTREAM } from "@dibkit/model";
import { catalogFacts } from "./catalog-facts.js";
import { type Composition, composeElement, composeImage } from "./composition.js";
import type { ImageConfiguration } from "./configuration.js";
import { REMOVED_ELEMENTS } from "./superseded-elements.js";

/**
 * Without diskimage-builder, one finding says which names could not be looked up; everything that does not need them
 * is checked all the same.
 */
export function upstreamMissing(
  catalog: Catalog,
  elements: readonly Element[],
  images: readonly ImageConfiguration[],
): readonly Diagnostic[] {
  if (!catalog.lacksUpstream) return [];
  const { providers } = catalogFacts(catalog);
  const missing = ({ closure }: Composition) =>
    closure.missing
      .map(({ name }) => name)
      .filter((name) => !name.startsWith("#") && !providers.has(name) && !REMOVED_ELEMENTS.has(name));
  const names = new Set([
    // A test element is not what its name means in the catalog.
    ...elements
      .filter((element) => catalog.elements.get(element.name) === element)
      .flatMap(({ name }) => missing(composeElement(catalog, name))),
    ...images.flatMap((image) => missing(composeImage(catalog, image))),
  ]);
  if (names.size === 0) return [];
  const list = [...names].sort().map((name) => `"${name}"`);
  return [
    {
      code: "upstream-missing",
      severity: "warning",
      message: `diskimage-builder was not found, so nothing is known of ${list.join(", ")}, and what depends on them was not checked`,
      help: `${INSTALL_UPSTREAM}, or name the directories that hold these elements with --elements-path`,
    },
  ];
}
