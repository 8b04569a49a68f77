import type { Element } from "@dibkit/model";
import { effectiveCommand } from "@dibkit/shell";
import { isBroughtBeside } from "../brought-beside.js";
import type { BuildContext } from "../build-context.js";
import type { ElementContext } from "../element-context.js";
import { defineGraphRule } from "../rule.js";
import { reachedFrom, systemsOf } from "../systems.js";
import { shortList } from "../words.js";

/** What only does something when the element that handles it is in the image. */
const HANDLERS: readonly {
  readonly file: RegExp;
  readonly does: string;
  readonly element: string;
  /** It only answers what scripts ask, so another element may bring the handler together with the question. */
  readonly passive?: true;
  /** Elements count on `base` for it, which `-n` and `skip-base` leave out: what then fails is told as a hint. */
  readonly needsBase?: true;
}[] = [
  { file: /^package-installs\.(yaml|json)$/, does: "lists packages", element: "package-installs" },
  { file: /^pkg-map$/, does: "maps names of packages", element: "pkg-map", passive: true },
  { file: /^svc-map$/, does: "maps names of services", element: "svc-map", passive: true },
  { file: /^source-repository-[^/]+$/, does: "names a source repository", element: "source-repositories" },
  { file: /^static\//, does: "is a file for the image", element: "install-static" },
  { file: /^init-scripts\//, does: "is an init script", element: "dib-init-system", needsBase: true },
  { file: /^install\.d\/[^/]+-[^/]+-install\//, does: "belongs to an install type", element: "install-types" },
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
  needsUpstream: true,
  examples: {
    bad: { "web/package-installs.yaml": "nginx:\n", "package-installs/README.rst": "x\n" },
    good: {
      "web/element-deps": "package-installs\n",
      "web/package-installs.yaml": "nginx:\n",
      "package-installs/README.rst": "x\n",
    },
  },
  *check(context) {
    const { composition, focus, catalog, contextOf } = context;
    const names = new Set(composition.elements.map(({ element }) => element.name));
    const checked = focus === undefined ? composition.elements.map(({ element }) => element) : [focus];
    for (const element of checked) {
      for (const handler of HANDLERS) {
        if (names.has(handler.element)) continue;
        const path = [...element.files.keys()].find((candidate) => handler.file.test(candidate));
        // Where the handler itself is out of reach nothing can be said about it.
        if (path === undefined || !catalog.elements.has(handler.element)) continue;
        const where = focus === undefined ? "" : placesWithout(context, focus, handler.element);
        if (where === undefined && handler.needsBase && reachedFrom(catalog, "base").has(handler.element)) {
          yield {
            severity: "info",
            element: element.name,
            message: `${path} of element "${element.name}" ${handler.does}, and only "base" brings "${handler.element}", which handles it`,
            help: `add "${handler.element}" to element-deps, for images that leave "base" out (-n)`,
            location: contextOf(element).locationOf(path),
          };
        }
        if (where === undefined) continue;
        // Whoever asks brings the handler; a map that no one asks is only left over. Of an element by itself
        // `script-program-element` tells where it asks.
        if (handler.passive && (focus !== undefined || !asks(contextOf(element), handler.element))) continue;
        const beside = where === "" && focus !== undefined && isBroughtBeside(catalog, focus, handler.element);
        const severity = where !== "" ? "info" : beside ? "warning" : undefined;
        yield {
          ...(severity !== undefined && { severity }),
          element: element.name,
          message: `${path} of element "${element.name}" ${handler.does}, but nothing${beside ? " that it depends on" : where} brings "${handler.element}", which handles it`,
          help: `add "${handler.element}" to element-deps`,
          location: contextOf(element).locationOf(path),
        };
      }
    }
  },
});

/** Whether a script of the element calls the program of the handler's name. */
function asks({ hookScripts }: ElementContext, program: string): boolean {
  return hookScripts.some(({ shell }) => shell.commands.some((command) => effectiveCommand(command).name === program));
}

/** Where the handler is missing, in words; undefined when it is always there, because `base` or every system brings it. */
function placesWithout({ catalog, targets }: BuildContext, element: Element, handler: string): string | undefined {
  if (reachedFrom(catalog, "base").has(handler)) return undefined;
  const systems = systemsOf(catalog, targets);
  // An operating system is looked at as the one that it is.
  if (systems.some((system) => system.element === element)) return "";
  const without = systems.filter(({ names }) => !names.has(handler));
  if (systems.length > 0 && without.length === 0) return undefined;
  return without.length === systems.length ? "" : ` on ${shortList(without.map((system) => system.element.name))}`;
}
