import { type Catalog, type Element, viewsOf } from "@dibkit/model";
import type { BuildContext } from "./build-context.js";
import { catalogFacts, exportsOf } from "./catalog-facts.js";
import { ANY_DISTRO, type Target } from "./configuration.js";
import { enumerated } from "./words.js";

/** An operating-system element that a build may be made on, with everything it brings. */
export interface System {
  readonly element: Element;
  /** What its environment sets as `DISTRO_NAME`; undefined when that is not known. */
  readonly distro: string | undefined;
  /** Itself and what it depends on. */
  readonly names: ReadonlySet<string>;
}

const systemsByCatalog = new WeakMap<Catalog, readonly System[]>();

/** Every operating system in reach. */
export function allSystems(catalog: Catalog): readonly System[] {
  const known = systemsByCatalog.get(catalog) ?? collectSystems(catalog);
  systemsByCatalog.set(catalog, known);
  return known;
}

/** Operating systems in reach that the targets ask for; those of an unknown distribution are always meant. */
export function systemsOf(catalog: Catalog, targets: readonly Target[]): readonly System[] {
  const known = allSystems(catalog);
  const distros = new Set(targets.map(({ distro }) => distro));
  if (distros.has(ANY_DISTRO)) return known;
  return known.filter(({ distro }) => distro === undefined || distros.has(distro));
}

function collectSystems(catalog: Catalog): readonly System[] {
  return (catalogFacts(catalog).providers.get("operating-system") ?? []).map((element) => ({
    element,
    distro: exportsOf(element).findLast(([name]) => name === "DISTRO_NAME")?.[1].value,
    names: reachedFrom(catalog, element.name),
  }));
}

const reachedByCatalog = new WeakMap<Catalog, Map<string, ReadonlySet<string>>>();

/** An element and all that it depends on, by name. */
export function reachedFrom(catalog: Catalog, from: string): ReadonlySet<string> {
  const byName = reachedByCatalog.get(catalog) ?? new Map<string, ReadonlySet<string>>();
  reachedByCatalog.set(catalog, byName);
  const known = byName.get(from);
  if (known) return known;
  const reached = new Set([from]);
  for (const name of reached) {
    const element = catalog.elements.get(name);
    for (const entry of element === undefined ? [] : viewsOf(element).deps.value) reached.add(entry.name);
  }
  byName.set(from, reached);
  return reached;
}

/** ` on "docker" and "rhel" only`, or nothing when it is so on every one. */
export function onSystemsOnly(some: readonly System[], all: readonly System[]): string {
  if (some.length === all.length) return "";
  const names = some.map(({ element }) => element.name);
  return ` on ${enumerated(names.length > 3 ? [...names.slice(0, 3), "others"] : names)} only`;
}

/** On which systems none of the elements is there that would set something, in words; undefined when there is one on each. */
export function systemsWithout(context: BuildContext, setters: readonly Element[]): string | undefined {
  if (context.composition.closure.providers.has("operating-system")) return "";
  const systems = systemsOf(context.catalog, context.targets);
  const without = systems.filter(({ names }) => !setters.some((element) => names.has(element.name)));
  if (without.length === systems.length) return "";
  return without.length === 0 ? undefined : onSystemsOnly(without, systems);
}
