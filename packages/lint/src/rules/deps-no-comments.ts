import { lineRemoval } from "../edits.js";
import { defineRule } from "../rule.js";

export default defineRule({
  id: "deps-no-comments",
  summary: "element-deps and element-provides hold names only, no comments",
  why: "These files have no comment syntax: every line that is not empty is the name of an element.",
  upstream:
    "disk-image-create fails with `Element '# …' not found`, although dib-lint's sort check skips lines that begin with `#`.",
  fix: "Move the comment to README.rst.",
  severity: "error",
  since: "0.1.0",
  examples: {
    bad: { "web/element-deps": "# for the packages\npackage-installs\n", "package-installs/README.rst": "x\n" },
    good: { "web/element-deps": "package-installs\n", "package-installs/README.rst": "x\n" },
  },
  *check({ views }) {
    for (const entry of [...views.deps.value, ...views.provides.value]) {
      if (!entry.comment) continue;
      yield {
        message: `"${entry.name}" is taken as the name of an element, for this file has no comments`,
        help: "remove the line, or move its text to README.rst",
        location: entry.location,
        fix: lineRemoval("remove the comment line", true, entry.location),
      };
    }
  },
});
