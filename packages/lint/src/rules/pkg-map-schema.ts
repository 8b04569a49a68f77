import { viewRule } from "../view-rule.js";

export default viewRule("pkgMap", {
  id: "pkg-map-schema",
  summary: "pkg-map is JSON with the sections release, distro, family and default",
  why: "A pkg-map that is not JSON ends the build when the first package is looked up; an unknown section maps nothing.",
  upstream: "pkg-map reads the file with Python's json module and looks at these four sections only.",
  fix: "Correct the syntax, or the name of the section.",
  severity: "error",
  since: "0.1.0",
  examples: {
    bad: { "web/pkg-map": '{ "distros": { "debian": { "web": "nginx" } } }\n' },
    good: { "web/pkg-map": '{ "distro": { "debian": { "web": "nginx" } } }\n' },
  },
});
