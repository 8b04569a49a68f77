import type { Catalog } from "./catalog.js";
import type { DependencyClosure, Provider, Visit } from "./dependency-closure.js";
import type { Diagnostic } from "./diagnostic.js";
import type { Element } from "./element.js";
import { nearestName } from "./nearest-name.js";
import type { ResolveFailure } from "./resolution.js";
import { INSTALL_UPSTREAM } from "./upstream-changes.js";
import { nameList } from "./views/name-list.js";

/** Everything that makes upstream's resolver refuse a set of elements, each with the path that led there. */
export function resolveFailures(
  catalog: Catalog,
  names: readonly string[],
  asked: readonly string[],
  closure: DependencyClosure,
): readonly ResolveFailure[] {
  // A requested name that turns out to be provided is told below, with its provider.
  const missing = closure.missing.filter((visit) => visit.askedAt !== undefined || !closure.providers.has(visit.name));
  const upstreams = missing.filter((visit) => mayBeUpstreams(catalog, visit.name));
  const failures: ResolveFailure[] = [
    ...(upstreams.length === 0 ? [] : [upstreamMissing(upstreams)]),
    ...missing.filter((visit) => !upstreams.includes(visit)).map((visit) => missingElement(catalog, visit)),
  ];
  failures.push(...closure.clashes.map(({ name, first, again }) => alreadyProvided(name, first, again)));
  for (const name of new Set(asked)) {
    const provider = closure.providers.get(name);
    if (provider) failures.push(requestedButProvided(name, names.includes(name), provider));
  }
  // A requested name that does not exist may well be the operating system, so nothing is said about that then.
  const hasUnknownRequest = upstreams.length > 0 || closure.missing.some((visit) => visit.askedAt === undefined);
  if (!closure.providers.has("operating-system") && !hasUnknownRequest)
    failures.push(noOperatingSystem(catalog, names));
  return failures;
}

/** Whether a missing name may be an element of diskimage-builder, which is not there. */
export function mayBeUpstreams(catalog: Catalog, name: string): boolean {
  return catalog.lacksUpstream === true && !name.startsWith("#") && providersOf(catalog, name).length === 0;
}

/** One failure for all names, because one thing mends them. */
function upstreamMissing(visits: readonly Visit[]): ResolveFailure {
  const shown = visits.map(({ name, path }) => `"${name}"${pathNote(path)}`);
  const message = `diskimage-builder was not found, nor any other directory with ${shown.join(", ")}`;
  const help = `${INSTALL_UPSTREAM}, or name the directories that hold these elements with --elements-path`;
  const [first] = visits as readonly [Visit, ...Visit[]];
  return failure("upstream-missing", first.name, first.path, heading(message, help, undefined));
}

function missingElement(catalog: Catalog, visit: Visit): ResolveFailure {
  const { name, path, askedAt } = visit;
  const parent = path.at(-2);
  const where =
    catalog.paths.length === 0 ? "ELEMENTS_PATH, which is empty" : `ELEMENTS_PATH (${catalog.paths.join(":")})`;
  const message =
    parent === undefined
      ? `element "${name}" is in no directory of ${where}`
      : `element "${parent}" depends on "${name}", which is in no directory of ${where}: ${arrows(path)}`;
  return failure("missing-element", name, path, {
    ...heading(message, missingElementHelp(catalog, visit), parent),
    ...(askedAt && { location: askedAt }),
  });
}

function missingElementHelp(catalog: Catalog, { name, path }: Visit): string {
  if (name.startsWith("#")) return "remove the line: element-deps has no comments";
  const providers = providersOf(catalog, name);
  if (providers.length > 0) return `request one of the elements that provide it: ${quoted(providers)}`;
  const real = catalog.links?.get(name);
  if (real !== undefined)
    return `request "${real}": that is the directory the link leads to, whose name is the element's`;
  const candidates = [...catalog.elements.keys()].filter((candidate) => !path.includes(candidate));
  const nearest = nearestName(name, candidates);
  return nearest === undefined ? "add the directory that holds it to ELEMENTS_PATH" : `did you mean "${nearest}"?`;
}

function alreadyProvided(name: string, first: Provider, again: Provider): ResolveFailure {
  const twice = first.name === again.name;
  const message = twice
    ? `element "${again.name}" is requested twice, and so "${name}" is provided twice`
    : `"${name}" is provided by both "${first.name}" and "${again.name}"${pathNote(again.path)}`;
  const help = twice ? `request "${again.name}" once` : `keep one of "${first.name}" and "${again.name}"`;
  const asked = first.path.length > 1 ? ` (${arrows(first.path)})` : "";
  return failure("already-provided", name, again.path, {
    ...heading(message, help, again.name),
    location: again.location,
    related: twice ? [] : [{ message: `first provided here by "${first.name}"${asked}`, location: first.location }],
  });
}

function requestedButProvided(name: string, byUser: boolean, provider: Provider): ResolveFailure {
  const message = `element "${name}" is ${byUser ? "requested" : "added by default"}, but "${provider.name}" provides it${pathNote(provider.path)}`;
  const help = byUser
    ? `do not request "${name}" together with "${provider.path[0]}"`
    : `do without "${provider.path[0]}", or without the default "${name}"`;
  return failure("requested-but-provided", name, provider.path, {
    ...heading(message, help, provider.name),
    location: provider.location,
  });
}

function noOperatingSystem(catalog: Catalog, names: readonly string[]): ResolveFailure {
  const providers = providersOf(catalog, "operating-system");
  const help =
    providers.length > 0
      ? `add one of ${quoted(providers)}`
      : 'add the directory of an element that provides "operating-system" to ELEMENTS_PATH';
  const message =
    names.length === 1
      ? `neither "${names[0]}" nor what it depends on provides "operating-system"`
      : `none of ${quoted(names)} and what they depend on provides "operating-system"`;
  return failure("no-operating-system", "operating-system", [], heading(message, help, undefined));
}

function providersOf(catalog: Catalog, name: string): readonly string[] {
  const provides = (element: Element) =>
    nameList(element, "element-provides").value.some((entry) => entry.name === name);
  return [...catalog.elements.values()].filter(provides).map((element) => element.name);
}

function heading(message: string, help: string, element: string | undefined) {
  return { message, help, ...(element !== undefined && { element }) };
}

function failure(
  kind: ResolveFailure["kind"],
  name: string,
  path: readonly string[],
  rest: Omit<Diagnostic, "code" | "severity">,
): ResolveFailure {
  return { kind, name, path, diagnostic: { code: `resolve/${kind}`, severity: "error", ...rest } };
}

function pathNote(path: readonly string[]): string {
  return path.length > 1 ? ` (${arrows(path)})` : "";
}

function arrows(path: readonly string[]): string {
  return path.join(" → ");
}

function quoted(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join(", ");
}
