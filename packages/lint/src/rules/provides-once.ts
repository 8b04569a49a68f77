import { defineGraphRule } from "../rule.js";
import { arrows } from "../words.js";

export default defineGraphRule({
  id: "provides-once",
  summary: "what is provided is provided by one element",
  why: "Two operating systems, or two of anything that is meant to be chosen between, cannot be in one image.",
  upstream: "disk-image-create ends with an error before the first phase.",
  fix: "Keep one of the two elements; if both come in as dependencies, drop the dependency and let the user choose.",
  severity: "error",
  since: "0.1.0",
  examples: {
    bad: {
      "web/element-deps": "debian\nfedora\n",
      "debian/element-provides": "operating-system\n",
      "fedora/element-provides": "operating-system\n",
    },
    good: { "web/element-deps": "debian\n", "debian/element-provides": "operating-system\n" },
  },
  *check({ composition, focus }) {
    for (const { name, first, again } of composition.closure.clashes) {
      if (first.name === again.name) continue;
      // An element that only passes the clash on is not the place to repair it.
      const shared = commonLength(first.path, again.path);
      if (focus !== undefined && shared !== 1) continue;
      yield {
        element: again.name,
        message: `"${name}" is provided by both "${first.name}" (${arrows(first.path)}) and "${again.name}" (${arrows(again.path)})`,
        help: `keep one of "${first.name}" and "${again.name}"`,
        location: again.location,
        related: [{ message: `first provided here by "${first.name}"`, location: first.location }],
      };
    }
  },
});

function commonLength(a: readonly string[], b: readonly string[]): number {
  const at = a.findIndex((name, index) => name !== b[index]);
  return at === -1 ? a.length : at;
}
