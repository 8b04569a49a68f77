import { replacement } from "../edits.js";
import { defineRule } from "../rule.js";
import { DEPRECATED_ELEMENTS } from "../superseded-elements.js";

export default defineRule({
  id: "deps-current",
  summary: "elements depend on none that upstream has deprecated",
  why: "A deprecated element works until the release that removes it, and then every image that depends on it fails.",
  upstream: "The element's README or a release note says that it is deprecated; a build does not.",
  fix: "Depend on the replacement.",
  severity: "info",
  since: "0.1.0",
  examples: {
    bad: {
      "web/element-deps": "modprobe-blacklist\n",
      "modprobe-blacklist/README.rst": "x\n",
      "modprobe/README.rst": "x\n",
    },
    good: { "web/element-deps": "modprobe\n", "modprobe-blacklist/README.rst": "x\n", "modprobe/README.rst": "x\n" },
  },
  *check({ element, views, catalog }) {
    if (DEPRECATED_ELEMENTS.has(element.name)) return;
    for (const { name, location } of views.deps.value) {
      const renamed = DEPRECATED_ELEMENTS.get(name);
      // What is in no directory is an error of its own.
      if (renamed === undefined || !catalog.elements.has(name)) continue;
      const exists = renamed.replacement !== undefined && catalog.elements.has(renamed.replacement);
      yield {
        message: `"${element.name}" depends on "${name}", which upstream has deprecated`,
        help: renamed.help,
        location,
        ...(exists && {
          fix: replacement(
            `replace "${name}" by "${renamed.replacement}"`,
            false,
            location,
            renamed.replacement as string,
          ),
        }),
      };
    }
  },
});
