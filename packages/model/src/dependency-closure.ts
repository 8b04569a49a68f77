import type { Catalog } from "./catalog.js";
import type { Location } from "./diagnostic.js";
import type { Element } from "./element.js";
import { type NameEntry, nameList } from "./views/name-list.js";

/** An element that was asked for, by the user or by a dependency. */
export interface Visit {
  readonly name: string;
  /** Undefined when the catalog has none of this name. */
  readonly element: Element | undefined;
  /** Dependency path from a requested name to this one. */
  readonly path: readonly string[];
  /** Line of `element-deps` that asked first; undefined for a requested name. */
  readonly askedAt: Location | undefined;
  /** Elements that depend on it, in the order they were met; filled while walking. */
  readonly dependents: string[];
}

export interface Provider {
  readonly name: string;
  readonly path: readonly string[];
  readonly location: Location;
}

/** What a walk over the dependencies found, the bad included. */
export interface DependencyClosure {
  /** Every name met, in order. */
  readonly visits: ReadonlyMap<string, Visit>;
  /** First provider of each provided name. */
  readonly providers: ReadonlyMap<string, Provider>;
  /** Names that were looked for, are not provided, and do not exist. */
  readonly missing: readonly Visit[];
  /** A second provider of a name; `again` may be the first one itself when it was requested twice. */
  readonly clashes: readonly { readonly name: string; readonly first: Provider; readonly again: Provider }[];
}

/**
 * Walks `element-deps` breadth first, as upstream's resolver does, down to what the order decides: an element is
 * looked up when its turn comes, unless an element before it provides it. Cycles are no trouble. Upstream takes the
 * dependencies of one element in random order; here those that provide something come first and those that do not
 * exist last, which is the order of upstream's that succeeds.
 */
export function walkDependencies(catalog: Catalog, asked: readonly string[]): DependencyClosure {
  const visits = new Map<string, Visit>();
  const providers = new Map<string, Provider>();
  const missing: Visit[] = [];
  const clashes: { name: string; first: Provider; again: Provider }[] = [];
  for (const name of asked) {
    if (!visits.has(name)) visits.set(name, newVisit(catalog, name, undefined, undefined));
  }
  const queue = asked.map((name) => visits.get(name) as Visit);
  for (let at = 0; at < queue.length; at += 1) {
    const visit = queue[at] as Visit;
    if (providers.has(visit.name)) continue;
    if (visit.element === undefined) {
      if (!missing.includes(visit)) missing.push(visit);
      continue;
    }
    const provided = providedBy(visit, visit.element);
    for (const provider of provided) {
      const first = providers.get(provider.provides);
      if (first) clashes.push({ name: provider.provides, first, again: provider });
    }
    for (const provider of provided) {
      if (!providers.has(provider.provides)) providers.set(provider.provides, provider);
    }
    for (const dependency of dependenciesOf(catalog, visit.element)) {
      const known = visits.get(dependency.name);
      if (known) {
        if (!known.dependents.includes(visit.name)) known.dependents.push(visit.name);
        continue;
      }
      const next = newVisit(catalog, dependency.name, visit, dependency.location);
      next.dependents.push(visit.name);
      visits.set(dependency.name, next);
      if (!providers.has(dependency.name)) queue.push(next);
    }
  }
  return { visits, providers, missing, clashes };
}

function newVisit(catalog: Catalog, name: string, parent: Visit | undefined, askedAt: Location | undefined): Visit {
  return {
    name,
    element: catalog.elements.get(name),
    get path() {
      return parent ? [...parent.path, name] : [name];
    },
    askedAt,
    dependents: [],
  };
}

function providedBy(visit: Visit, element: Element): readonly (Provider & { readonly provides: string })[] {
  const entries = nameList(element, "element-provides").value;
  if (entries.length === 0) return [];
  const byName = new Map(entries.map((entry) => [entry.name, entry.location]));
  return [...byName].map(([provides, location]) => ({ provides, name: visit.name, path: visit.path, location }));
}

type Dependency = NameEntry & { readonly rank: number };

const dependenciesByCatalog = new WeakMap<Catalog, Map<Element, readonly Dependency[]>>();

/** Kept for the next set of elements: neither a catalog nor an element ever changes. */
function dependenciesOf(catalog: Catalog, element: Element): readonly Dependency[] {
  const known = dependenciesByCatalog.get(catalog) ?? new Map<Element, readonly Dependency[]>();
  const dependencies = known.get(element) ?? orderedDependencies(catalog, element);
  dependenciesByCatalog.set(catalog, known.set(element, dependencies));
  return dependencies;
}

function orderedDependencies(catalog: Catalog, element: Element): readonly Dependency[] {
  const rank = (name: string) => {
    const dependency = catalog.elements.get(name);
    if (dependency === undefined) return 2;
    return nameList(dependency, "element-provides").value.length > 0 ? 0 : 1;
  };
  return nameList(element, "element-deps")
    .value.map((entry) => ({ ...entry, rank: rank(entry.name) }))
    .sort((a, b) => a.rank - b.rank);
}
