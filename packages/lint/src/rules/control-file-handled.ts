import { type Catalog, type Element, type Location, viewsOf } from "@dibkit/model";
import { defineGraphRule } from "../rule.js";
import { enumerated } from "../words.js";

/** What only does something when the element that handles it is in the image. */
const HANDLERS: readonly { readonly file: RegExp; readonly what: string; readonly element: string }[] = [
  { file: /^package-installs\.(yaml|json)$/, what: "packages", element: "package-installs" },
  { file: /^pkg-map$/, what: "names of packages", element: "pkg-map" },
  { file: /^svc-map$/, what: "names of services", element: "svc-map" },
  { file: /^source-repository-[^/]+$/, what: "source repositories", element: "source-repositories" },
  { file: /^static\//, what: "files", element: "install-static" },
  { file: /^init-scripts\//, what: "init scripts", element: "dib-init-system" },
  { file: /^install\.d\/[^/]+-[^/]+-install\//, what: "install types", element: "install-types" },
];

export default defineGraphRule({
  id: "control-file-handled",
  summary: "the element that handles a control file is among the dependencies",
  why: "Files such as package-installs.yaml are read by elements, not by the builder. Without the element they lie there, and nothing says so.",
  upstream:
    "Each kind of file is handled by an element of its own: package-installs, pkg-map, svc-map, source-repositories, install-static, dib-init-system, install-types.",
  fix: "Add the handling element to element-deps.",
  severity: "error",
  since: "0.1.0",
  examples: {
    bad: { "web/package-installs.yaml": "nginx:\n", "package-installs/README.rst": "x\n" },
    good: {
      "web/element-deps": "package-installs\n",
      "web/package-installs.yaml": "nginx:\n",
      "package-installs/README.rst": "x\n",
    },
  },
  *check({ composition, focus, catalog, facts, contextOf }) {
    const names = new Set(composition.elements.map(({ element }) => element.name));
    const checked = focus === undefined ? composition.elements.map(({ element }) => element) : [focus];
    for (const element of checked) {
      for (const { file, what, element: handler } of HANDLERS) {
        if (names.has(handler)) continue;
        const path = [...element.files.keys()].find((candidate) => file.test(candidate));
        // Where the handler itself is out of reach nothing can be said about it.
        if (path === undefined || !catalog.elements.has(handler)) continue;
        if (focus === undefined) {
          yield unhandled(element, path, what, handler, "", contextOf(element).place(path));
          continue;
        }
        const without = systemsWithout(catalog, facts.providers.get("operating-system") ?? [], handler, element);
        if (without === undefined) continue;
        const few = without.length > 3 ? [...without.slice(0, 3), "others"] : without;
        const where = without.length === 0 ? "" : ` when it is built on ${enumerated(few)}`;
        yield {
          ...unhandled(element, path, what, handler, where, contextOf(element).place(path)),
          ...(without.length === 0 ? {} : { severity: "info" as const }),
        };
      }
    }
  },
});

function unhandled(element: Element, path: string, what: string, handler: string, where: string, location: Location) {
  return {
    element: element.name,
    message: `${path} of element "${element.name}" names ${what}, but nothing brings "${handler}", which handles it${where}`,
    help: `add "${handler}" to element-deps`,
    location,
  };
}

/**
 * Operating systems with which the handler would be missing: empty when it is missing with every one, undefined when it is
 * always there, because `base` or every system brings it.
 */
function systemsWithout(
  catalog: Catalog,
  systems: readonly Element[],
  handler: string,
  element: Element,
): readonly string[] | undefined {
  if (reaches(catalog, "base", handler)) return undefined;
  // An operating system is looked at as the one that it is.
  if (systems.includes(element)) return [];
  const without = systems.filter((system) => !reaches(catalog, system.name, handler)).map((system) => system.name);
  if (systems.length > 0 && without.length === 0) return undefined;
  return without.length === systems.length ? [] : without;
}

const closures = new WeakMap<Catalog, Map<string, ReadonlySet<string>>>();

function reaches(catalog: Catalog, from: string, wanted: string): boolean {
  const known = closures.get(catalog) ?? new Map<string, ReadonlySet<string>>();
  closures.set(catalog, known);
  const reached = known.get(from) ?? closureOf(catalog, from);
  known.set(from, reached);
  return reached.has(wanted);
}

function closureOf(catalog: Catalog, from: string): ReadonlySet<string> {
  const reached = new Set([from]);
  for (const name of reached) {
    const element = catalog.elements.get(name);
    for (const entry of element === undefined ? [] : viewsOf(element).deps.value) reached.add(entry.name);
  }
  return reached;
}
