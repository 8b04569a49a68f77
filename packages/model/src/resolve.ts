import { architectureFacts } from "./architectures.js";
import type { Catalog } from "./catalog.js";
import { type DependencyClosure, type Visit, walkDependencies } from "./dependency-closure.js";
import type { Element } from "./element.js";
import type { Resolution, ResolvedElement, ResolveFailure, ResolveOptions } from "./resolution.js";
import { resolveFailures } from "./resolve-failures.js";
import { err, ok, type Result } from "./result.js";

/** `(requested)` and `(default)` in `ResolvedElement.because`. */
const REQUESTED = "(requested)";
const DEFAULT = "(default)";

/**
 * Which elements make up an image, as upstream's `disk-image-create` decides it: the defaults are added to the
 * requested names, dependencies are followed, what some element provides is left out. Every failure is reported.
 */
export function resolve(
  catalog: Catalog,
  names: readonly string[],
  options: ResolveOptions,
): Result<Resolution, readonly ResolveFailure[]> {
  const asked = withDefaults(names, options);
  const closure = walkDependencies(catalog, asked);
  const failures = resolveFailures(catalog, names, asked, closure);
  if (failures.length > 0) return err(failures);
  return ok({
    requested: names,
    elements: [...closure.visits.values()].filter(isInImage(closure)).map((visit) => resolved(visit, names, asked)),
    provided: [...closure.providers].map(([name, by]) => ({ name, by: by.name })),
  });
}

/**
 * The names that upstream's resolver is given for a request: ramdisk element, `base`, the requested ones, and for
 * `vm` the block device of the architecture unless a `block-device-*` element is requested.
 */
export function withDefaults(names: readonly string[], options: ResolveOptions): readonly string[] {
  const asked = [...names];
  if (names.includes("vm") && !names.some((name) => name.startsWith("block-device-"))) {
    asked.push(architectureFacts(options.arch)?.disk ?? "block-device-mbr");
  }
  if (options.base) asked.unshift("base");
  if (options.ramdiskElement !== undefined) asked.unshift(options.ramdiskElement);
  return asked;
}

/** Narrows to visits of elements that exist and that no element provides. */
function isInImage(closure: DependencyClosure): (visit: Visit) => visit is Visit & { readonly element: Element } {
  return (visit): visit is Visit & { readonly element: Element } =>
    visit.element !== undefined && !closure.providers.has(visit.name);
}

function resolved(
  visit: Visit & { readonly element: Element },
  names: readonly string[],
  asked: readonly string[],
): ResolvedElement {
  const root = names.includes(visit.name) ? [REQUESTED] : asked.includes(visit.name) ? [DEFAULT] : [];
  return { element: visit.element, because: [...root, ...visit.dependents] };
}
