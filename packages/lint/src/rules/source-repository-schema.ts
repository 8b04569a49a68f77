import { viewRule } from "../view-rule.js";

export default viewRule("sourceRepositories", {
  id: "source-repository-schema",
  summary: "lines of source-repository files are name, type, destination, location and maybe a reference",
  why: "A line that cannot be read ends the build in extra-data.d.",
  upstream: "source-repositories matches each line against a pattern and stops at the first that does not.",
  fix: "Write `<name> <type> <destination> <location> [<ref>]` with type git, tar, file or package.",
  severity: "error",
  since: "0.1.0",
  examples: {
    bad: { "web/source-repository-web": "web svn /opt/web https://example.com/web\n" },
    good: { "web/source-repository-web": "web git /opt/web https://example.com/web.git v1.0\n" },
  },
});
