import { lineRemoval } from "../edits.js";
import { targetsOfPackage } from "../package-targets.js";
import { defineRule } from "../rule.js";
import { onTargetsOnly } from "../targets.js";

export default defineRule({
  id: "packages-flag-false",
  summary: "uninstall and build-only are left out rather than set to false",
  why: "Upstream looks only whether the key is there: `uninstall: false` removes the package, `build-only: false` removes it in the end.",
  upstream: "The test is `'uninstall' in param`, whatever the value.",
  fix: "Remove the key.",
  severity: "error",
  since: "0.1.0",
  examples: {
    bad: { "web/package-installs.yaml": "nginx:\n  uninstall: false\n" },
    good: { "web/package-installs.yaml": "nginx:\napache2:\n  uninstall: true\n" },
  },
  *check({ views, targets }) {
    for (const { name, alternatives, path } of views.packageInstalls.value) {
      for (const alternative of alternatives) {
        const { fields } = alternative;
        const where = onTargetsOnly(targetsOfPackage(alternative, targets), targets);
        for (const key of ["uninstall", "build-only"]) {
          const field = fields.get(key);
          if (field === undefined || (field.value !== false && field.value !== null)) continue;
          const value = field.value === null ? "empty" : "false";
          const { source } = field.keyLocation;
          const lineStart = source.text.lastIndexOf("\n", field.keyLocation.start) + 1;
          const alone =
            path.endsWith(".yaml") &&
            source.text.slice(lineStart, field.keyLocation.start).trim() === "" &&
            fields.size > 1;
          yield {
            message: `"${key}" of "${name}" is ${value}, but its presence alone makes upstream remove the package${where}`,
            help: `remove "${key}"`,
            location: field.keyLocation,
            ...(alone && { fix: lineRemoval(`remove "${key}", so that the package stays`, false, field.keyLocation) }),
          };
        }
      }
    }
  },
});
