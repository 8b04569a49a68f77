import { type Catalog, type Element, viewsOf } from "@dibkit/model";
import type { BuildContext } from "./build-context.js";
import { catalogFacts, exportsOf, type VariableSource } from "./catalog-facts.js";
import { ANY_DISTRO, type Target } from "./configuration.js";
import { shortList } from "./words.js";

/** An operating-system element that a build may be made on, with everything it brings. */
export interface System {
  readonly element: Element;
  /** What its environment sets as `DISTRO_NAME`; undefined when that is not known. */
  readonly distro: string | undefined;
  /** What its environment sets as `DIB_RELEASE` unless told otherwise; undefined when that is not known. */
  readonly release: string | undefined;
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
  return questionsOf(catalog, targets).systems;
}

/** What is asked for every element again, worked out once for a catalog and its targets. */
interface Questions {
  readonly systems: readonly System[];
  readonly meant: ReadonlySet<System>;
  /** Answers of `systemsWithout` by the names of the setters. */
  readonly without: Map<string, string | undefined>;
}

const questionsByCatalog = new WeakMap<Catalog, WeakMap<readonly Target[], Questions>>();

function questionsOf(catalog: Catalog, targets: readonly Target[]): Questions {
  const byTargets = questionsByCatalog.get(catalog) ?? new WeakMap<readonly Target[], Questions>();
  questionsByCatalog.set(catalog, byTargets);
  const known = byTargets.get(targets);
  if (known) return known;
  const all = allSystems(catalog);
  const distros = new Set(targets.map(({ distro }) => distro));
  const isMeant = ({ distro }: System) => distros.has(ANY_DISTRO) || distro === undefined || distros.has(distro);
  const systems = all.filter(isMeant);
  const questions = { systems, meant: new Set(systems), without: new Map() };
  byTargets.set(targets, questions);
  return questions;
}

const systemsByMember = new WeakMap<Catalog, ReadonlyMap<string, readonly System[]>>();

/** Operating systems that bring an element: those in reach, or those that the targets ask for. */
export function systemsWith(catalog: Catalog, name: string, targets?: readonly Target[]): readonly System[] {
  const members = systemsByMember.get(catalog) ?? collectMembers(catalog);
  systemsByMember.set(catalog, members);
  const systems = members.get(name) ?? [];
  if (targets === undefined) return systems;
  const { meant } = questionsOf(catalog, targets);
  return systems.filter((system) => meant.has(system));
}

function collectMembers(catalog: Catalog): ReadonlyMap<string, readonly System[]> {
  const members = new Map<string, System[]>();
  for (const system of allSystems(catalog)) {
    for (const name of system.names) {
      const known = members.get(name);
      if (known) known.push(system);
      else members.set(name, [system]);
    }
  }
  return members;
}

/**
 * Elements that make an operating system of a build: those that provide one, and those that get one through another,
 * as `rocky-container` does, and say what it is called. What leaves that to others is no system by itself.
 */
function collectSystems(catalog: Catalog): readonly System[] {
  const providers = catalogFacts(catalog).providers.get("operating-system") ?? [];
  const named = providers.filter((element) => setterOf(catalog, element, "DISTRO_NAME") !== undefined);
  const abstract = new Set(providers.filter((element) => !named.includes(element)).map(({ name }) => name));
  const derived = [...catalog.elements.values()].filter(
    (element) =>
      !providers.includes(element) &&
      exportsOf(element).some(([name]) => name === "DISTRO_NAME") &&
      [...reachedFrom(catalog, element.name)].some((name) => abstract.has(name)),
  );
  const elements = named.length + derived.length > 0 ? [...named, ...derived] : providers;
  return elements.map((element) => ({
    element,
    distro: setterOf(catalog, element, "DISTRO_NAME")?.value,
    release: setterOf(catalog, element, "DIB_RELEASE")?.value,
    names: reachedFrom(catalog, element.name),
  }));
}

/** Where a variable of a system is set: by itself, as most do, or by what it depends on, as `ubuntu-common`. */
function setterOf(catalog: Catalog, element: Element, variable: string): VariableSource | undefined {
  const others = [...reachedFrom(catalog, element.name)].flatMap((name) => catalog.elements.get(name) ?? []);
  for (const owner of [element, ...others]) {
    const source = exportsOf(owner).findLast(([name]) => name === variable)?.[1];
    if (source !== undefined) return source;
  }
  return undefined;
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
  return ` on ${shortList(names)} only`;
}

/** On which systems none of the elements is there that would set something, in words; undefined when there is one on each. */
export function systemsWithout(context: BuildContext, setters: readonly Element[]): string | undefined {
  if (context.composition.closure.providers.has("operating-system")) return "";
  const { systems, without: answers } = questionsOf(context.catalog, context.targets);
  const key = setters.map(({ name }) => name).join("\0");
  if (!answers.has(key)) {
    const having = new Set(setters.flatMap(({ name }) => systemsWith(context.catalog, name)));
    const without = systems.filter((system) => !having.has(system));
    const some = () => (without.length === 0 ? undefined : onSystemsOnly(without, systems));
    answers.set(key, without.length === systems.length ? "" : some());
  }
  return answers.get(key);
}
