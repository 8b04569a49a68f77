import { defineRule } from "../rule.js";

export default defineRule({
  id: "element-shadowed",
  summary: "an element that replaces another of the same name has no packages of its own to lose",
  why: "Of two elements with one name the earlier directory wins, except for package-installs, which upstream applies from both.",
  upstream: "package-installs-squash reads every directory of ELEMENTS_PATH that has an element of the name.",
  fix: "Give the element another name, or make sure that the packages of the replaced one are wanted.",
  severity: "warning",
  since: "0.1.0",
  examples: {
    bad: { "web/README.rst": "x\n" },
    good: { "my-web/README.rst": "x\n" },
    later: { "web/package-installs.yaml": "nginx:\n" },
  },
  *check({ element, catalog, locationOf }) {
    for (const shadow of catalog.shadowed) {
      if (shadow.by !== element) continue;
      const packages = ["package-installs.yaml", "package-installs.json"].some((name) =>
        shadow.element.files.has(name),
      );
      yield {
        ...(packages ? {} : { severity: "info" as const }),
        message: packages
          ? `element "${element.name}" replaces ${shadow.element.root}, but upstream installs the packages of both`
          : `element "${element.name}" replaces ${shadow.element.root}`,
        help: "give it another name unless the replacement is meant",
        location: locationOf(),
      };
    }
  },
});
