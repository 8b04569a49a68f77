import { lineRemoval } from "../edits.js";
import { defineRule } from "../rule.js";

export default defineRule({
  id: "deps-not-self",
  summary: "an element does not depend on itself",
  why: "The line has no effect; another element was probably meant.",
  upstream: "The element is already in the set of elements, so nothing happens.",
  fix: "Remove the line, or name the element that was meant.",
  severity: "warning",
  since: "0.1.0",
  examples: {
    bad: { "web/element-deps": "web\n" },
    good: { "web/element-deps": "base\n", "base/README.rst": "x\n" },
  },
  *check({ element, views }) {
    for (const entry of views.deps.value) {
      if (entry.name !== element.name) continue;
      yield {
        message: `element "${element.name}" depends on itself`,
        help: "remove the line",
        location: entry.location,
        fix: lineRemoval(`remove "${entry.name}"`, true, entry.location),
      };
    }
  },
});
