import { defineRule } from "../rule.js";

export default defineRule({
  id: "packages-legacy",
  summary: "packages are listed in package-installs.yaml, not in package-installs files of phases",
  why: "The old files know no architectures, conditions or install types, and depend on an element that handles them.",
  upstream: "package-installs-NAME files in phase directories were replaced by package-installs.yaml in 2014.",
  fix: "Move the names to package-installs.yaml: the phase becomes `phase`, a leading hyphen becomes `uninstall: true`.",
  severity: "warning",
  since: "0.1.0",
  examples: {
    bad: { "web/install.d/package-installs-web": "nginx\n" },
    good: { "web/package-installs.yaml": "nginx:\n" },
  },
  *check({ views }) {
    const seen = new Set<string>();
    for (const { path, phase, location } of views.legacyPackageInstalls.value) {
      if (seen.has(path)) continue;
      seen.add(path);
      yield {
        message: `${path} is of the old kind that lists packages of ${phase} in the phase's directory`,
        help: "move its packages to package-installs.yaml",
        location,
      };
    }
  },
});
