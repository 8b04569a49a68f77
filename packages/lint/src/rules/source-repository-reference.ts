import { defineRule } from "../rule.js";

export default defineRule({
  id: "source-repository-reference",
  summary: "git source repositories name the branch, tag or commit to use",
  why: "Without one the branch `master` is taken, which many repositories no longer have.",
  upstream: "The default of REPOREF is `master` for git.",
  fix: "Add the reference as the fifth word, a tag or commit where builds should be repeatable.",
  severity: "info",
  since: "0.1.0",
  examples: {
    bad: { "web/source-repository-web": "web git /opt/web https://example.com/web.git\n" },
    good: { "web/source-repository-web": "web git /opt/web https://example.com/web.git v1.0\n" },
  },
  *check({ views }) {
    for (const { name, type, ref, url, location } of views.sourceRepositories.value) {
      if (type?.value !== "git" || url === undefined || ref !== undefined) continue;
      yield {
        message: `git repository "${name.value}" names no reference, so its branch "master" is used`,
        help: "add the branch, tag or commit as the fifth word",
        location,
      };
    }
  },
});
