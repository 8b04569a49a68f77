import { lineRemoval } from "../edits.js";
import { defineRule } from "../rule.js";

export default defineRule({
  id: "deps-unique",
  summary: "element-deps names each element once",
  why: "A second line has no effect and is usually left over from a merge.",
  upstream: "The names are put into a set, so the second one is dropped.",
  fix: "Remove the second line.",
  severity: "warning",
  since: "0.1.0",
  examples: {
    bad: { "web/element-deps": "base\nvm\nbase\n", "base/README.rst": "x\n", "vm/README.rst": "x\n" },
    good: { "web/element-deps": "base\nvm\n", "base/README.rst": "x\n", "vm/README.rst": "x\n" },
  },
  *check({ views }) {
    const first = new Map<string, (typeof views.deps.value)[number]>();
    for (const entry of views.deps.value) {
      const before = first.get(entry.name);
      if (before === undefined) {
        first.set(entry.name, entry);
        continue;
      }
      yield {
        message: `"${entry.name}" is named twice in element-deps`,
        help: "remove the second line",
        location: entry.location,
        related: [{ message: "first named here", location: before.location }],
        fix: lineRemoval(`remove the second "${entry.name}"`, true, entry.location),
      };
    }
  },
});
