import { nearestName } from "@dibkit/model";
import { defineGraphRule } from "../rule.js";
import { arrows, quoted } from "../words.js";

export default defineGraphRule({
  id: "deps-known",
  summary: "every name in element-deps is an element in reach",
  why: "A build stops before its first phase when an element is not found, wherever in the tree of dependencies it is named.",
  upstream: "disk-image-create ends with `Element 'NAME' not found`, without saying which element asked for it.",
  fix: "Correct the name, add the directory that holds the element to ELEMENTS_PATH, or remove the line.",
  severity: "error",
  since: "0.1.0",
  examples: {
    bad: { "web/element-deps": "bsae\n", "base/README.rst": "base\n" },
    good: { "web/element-deps": "base\n", "base/README.rst": "base\n" },
  },
  *check({ composition, catalog, focus }) {
    for (const failure of composition.failures) {
      if (failure.kind === "missing-element" && failure.path.length === 1) yield failure.diagnostic;
    }
    for (const { name, path, askedAt } of composition.closure.missing) {
      const parent = path.at(-2);
      // What a dependency asks for is said where that element is looked at, unless nothing else looks at it.
      if (parent === undefined || askedAt === undefined || name.startsWith("#")) continue;
      if (focus !== undefined && parent !== focus.name) continue;
      const nearest = nearestName(name, catalog.elements.keys());
      const way = path.length > 2 ? ` (${arrows(path)})` : "";
      yield {
        element: parent,
        message: `element "${parent}" depends on "${name}", which is in no directory of ELEMENTS_PATH${way}`,
        help:
          nearest === undefined
            ? `add the directory that holds "${name}" to ELEMENTS_PATH, or remove the line`
            : `did you mean "${nearest}"?`,
        location: askedAt,
        ...(nearest !== undefined && {
          fix: {
            title: `replace "${name}" by "${nearest}"`,
            safe: false,
            edits: [
              { kind: "replace", path: askedAt.source.path, start: askedAt.start, end: askedAt.end, text: nearest },
            ],
          },
        }),
      };
    }
    if (composition.image && catalog.elements.size === 0) {
      yield {
        message: `image "${composition.name}" names ${quoted(composition.image.elements)}, but ELEMENTS_PATH is empty`,
      };
    }
  },
});
