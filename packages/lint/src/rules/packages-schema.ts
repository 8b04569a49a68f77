import { viewRule } from "../view-rule.js";

export default viewRule("packageInstalls", {
  id: "packages-schema",
  summary: "package-installs files have the shape package-installs reads",
  why: "An unknown key such as `archs`, or a phase without its `.d`, is not reported by anyone: the package is just not installed.",
  upstream:
    "Unknown keys are ignored, packages of unknown phases never installed; `arch` together with `not-arch`, or a malformed `when`, ends the build.",
  fix: "Use the documented keys and values; the message lists them.",
  severity: "error",
  since: "0.1.0",
  examples: {
    bad: { "web/package-installs.yaml": "nginx:\n  phase: install\n" },
    good: { "web/package-installs.yaml": "nginx:\n  phase: install.d\n" },
  },
});
