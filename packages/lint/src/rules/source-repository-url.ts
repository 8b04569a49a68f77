import { defineRule } from "../rule.js";

export default defineRule({
  id: "source-repository-url",
  summary: "source repositories are fetched over a protocol that cannot be tampered with",
  why: "Whoever sits between the build host and the server can put anything into an image that is fetched over http or git.",
  upstream: "The location is handed to git or curl as it is.",
  fix: "Use https.",
  severity: "warning",
  since: "0.1.0",
  examples: {
    bad: { "web/source-repository-web": "web git /opt/web git://example.com/web.git v1.0\n" },
    good: { "web/source-repository-web": "web git /opt/web https://example.com/web.git v1.0\n" },
  },
  *check({ views }) {
    for (const { name, url } of views.sourceRepositories.value) {
      const protocol = /^["']?(http|git|ftp):\/\//.exec(url?.value ?? "")?.[1];
      if (protocol === undefined || url === undefined) continue;
      yield {
        message: `"${name.value}" is fetched over ${protocol}, which anyone on the way can change`,
        help: "use https",
        location: url.location,
      };
    }
  },
});
