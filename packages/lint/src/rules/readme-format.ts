import { defineRule } from "../rule.js";

export default defineRule({
  id: "readme-format",
  summary: "documentation of elements is reStructuredText",
  why: "Upstream's documentation build reads .rst files only.",
  upstream: "dib-lint reports .md files.",
  fix: "Write the text as README.rst.",
  severity: "info",
  since: "0.1.0",
  style: true,
  dibLint: ["mddocs"],
  examples: {
    bad: { "web/README.md": "# web\n" },
    good: { "web/README.rst": "===\nweb\n===\n" },
  },
  *check({ element, locationOf }) {
    for (const entry of element.files.values()) {
      if (!entry.path.endsWith(".md")) continue;
      yield { message: `${entry.path} is Markdown`, help: "write it as .rst", location: locationOf(entry.path) };
    }
  },
});
