import { viewRule } from "../view-rule.js";

export default viewRule("svcMap", {
  id: "svc-map-schema",
  summary: "svc-map is YAML that maps service names to names by distro, family or default",
  why: "A svc-map that cannot be read ends the build when the maps of all elements are merged.",
  upstream: "The files are merged by a Python script in extra-data.d that loads each as YAML.",
  fix: "Correct the syntax or the shape; the message says what is expected.",
  severity: "error",
  since: "0.1.0",
  examples: {
    bad: { "web/svc-map": "web: nginx\n" },
    good: { "web/svc-map": "web:\n  default: nginx\n" },
  },
});
