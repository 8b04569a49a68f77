import { defineRule } from "../rule.js";

export default defineRule({
  id: "readme-present",
  summary: "an element has a README.rst",
  why: "It is where users learn what the element does and which variables it takes; upstream's documentation is made of these files.",
  upstream: "dib-lint reports elements without README.rst.",
  fix: "Write a README.rst: a title, what the element does, and its environment variables.",
  severity: "info",
  since: "0.1.0",
  style: true,
  examples: {
    bad: { "web/package-installs.yaml": "nginx:\n" },
    good: { "web/README.rst": "===\nweb\n===\nInstalls nginx.\n", "web/package-installs.yaml": "nginx:\n" },
  },
  *check({ element, locationOf }) {
    // Test elements are found below others and need none.
    if (element.files.has("README.rst") || element.root.includes("/test-elements/")) return;
    yield { message: `element "${element.name}" has no README.rst`, help: "write one", location: locationOf() };
  },
});
