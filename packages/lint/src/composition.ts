import {
  type Catalog,
  type DependencyClosure,
  type Element,
  type ResolveFailure,
  resolve,
  walkDependencies,
  withDefaults,
} from "@dibkit/model";
import type { ImageConfiguration } from "./configuration.js";

/** An element of a composition and the first way it came in. */
export interface ComposedElement {
  readonly element: Element;
  /** Names from a requested element to this one, both included. */
  readonly path: readonly string[];
}

/**
 * Elements that a build would consist of, as far as they can be told: unlike a `Resolution` it exists when names are
 * missing and without an operating system, because most elements are looked at without one.
 */
export interface Composition {
  /** Name of the image, or of the element that is looked at by itself. */
  readonly name: string;
  /** For an image of the configuration, which must be buildable as it is. */
  readonly image: ImageConfiguration | undefined;
  readonly elements: readonly ComposedElement[];
  readonly closure: DependencyClosure;
  /** Why upstream would refuse to build the image; empty for an element looked at by itself. */
  readonly failures: readonly ResolveFailure[];
}

export function composeElement(catalog: Catalog, name: string): Composition {
  const closure = walkDependencies(catalog, [name]);
  return { name, image: undefined, elements: composed(closure), closure, failures: [] };
}

export function composeImage(catalog: Catalog, image: ImageConfiguration): Composition {
  const options = { arch: image.arch ?? "amd64", base: image.skipBase !== true };
  const resolution = resolve(catalog, image.elements, options);
  const closure = walkDependencies(catalog, withDefaults(image.elements, options));
  const failures = resolution.ok ? [] : resolution.error;
  return { name: image.name, image, elements: composed(closure), closure, failures };
}

function composed(closure: DependencyClosure): readonly ComposedElement[] {
  const elements: ComposedElement[] = [];
  for (const { name, element, path } of closure.visits.values()) {
    if (element !== undefined && !closure.providers.has(name)) elements.push({ element, path });
  }
  return elements;
}
