import { replaced } from "../edits.js";
import { defineRule } from "../rule.js";

export default defineRule({
  id: "deps-sorted",
  summary: "element-deps is sorted",
  why: "Sorted lists merge without conflicts and show duplicates; upstream's own checks insist on it.",
  upstream: "dib-lint reports it, and stops there: files after the first unsorted element-deps are not checked at all.",
  fix: "Sort the lines.",
  severity: "warning",
  since: "0.1.0",
  style: true,
  examples: {
    bad: { "web/element-deps": "vm\nbase\n", "base/README.rst": "x\n", "vm/README.rst": "x\n" },
    good: { "web/element-deps": "base\nvm\n", "base/README.rst": "x\n", "vm/README.rst": "x\n" },
  },
  *check({ views }) {
    const entries = views.deps.value.filter((entry) => !entry.comment);
    const sorted = entries.map((entry) => entry.name).sort();
    const at = entries.findIndex((entry, index) => entry.name !== sorted[index]);
    const entry = entries[at];
    if (entry === undefined) return;
    yield {
      message: `element-deps is not sorted: "${sorted[at]}" belongs before "${entry.name}"`,
      help: "sort the lines",
      location: entry.location,
      fix: {
        title: "sort element-deps",
        safe: true,
        edits: entries.map((line, index) => replaced(line.location, sorted[index] as string)),
      },
    };
  },
});
