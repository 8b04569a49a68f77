import { closeName, compareVersions } from "@dibkit/model";
import { replacement } from "../edits.js";
import { defineGraphRule } from "../rule.js";
import { LATER_ELEMENTS, REMOVED_ELEMENTS } from "../superseded-elements.js";

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
  *check({ composition, catalog, facts, focus, upstream }) {
    for (const failure of composition.failures) {
      if (failure.kind !== "missing-element" || failure.name.startsWith("#")) continue;
      const asked = composition.image?.locations?.get(failure.name);
      yield { ...(asked && { location: asked }), ...failure.diagnostic };
    }
    if (focus === undefined) return;
    for (const { name, path, askedAt } of composition.closure.missing) {
      // What a dependency asks for is said where that element is looked at; what is only provided is left to the image.
      if (path.at(-2) !== focus.name || askedAt === undefined || name.startsWith("#")) continue;
      if (facts.providers.has(name)) continue;
      const since = LATER_ELEMENTS.get(name);
      if (since !== undefined && (upstream?.version === undefined || compareVersions(upstream.version, since) < 0)) {
        const reach = upstream?.version === undefined ? "none" : upstream.version;
        yield {
          severity: "warning",
          message: `element "${focus.name}" depends on "${name}", which diskimage-builder has since ${since}, and ${reach} is in reach`,
          help: `build with diskimage-builder ${since} or later`,
          location: askedAt,
        };
        continue;
      }
      const removed = REMOVED_ELEMENTS.get(name);
      // Told once for all elements, by the engine.
      if (catalog.lacksUpstream && removed === undefined) continue;
      const nearest = removed?.replacement ?? closeName(name, catalog.elements.keys());
      yield {
        message: `element "${focus.name}" depends on "${name}", which is in no directory of ELEMENTS_PATH`,
        help: removed
          ? removed.help
          : nearest === undefined
            ? `add the directory that holds "${name}" to ELEMENTS_PATH, or remove the line`
            : `did you mean "${nearest}"?`,
        location: askedAt,
        ...(nearest !== undefined && {
          fix: replacement(`replace "${name}" by "${nearest}"`, false, askedAt, nearest),
        }),
      };
    }
  },
});
