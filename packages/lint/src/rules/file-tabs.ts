import { defineRule } from "../rule.js";

export default defineRule({
  id: "file-tabs",
  summary: "scripts and README.rst are indented by spaces",
  why: "Tabs look different in every editor; upstream's tree has none.",
  upstream: "dib-lint reports tabs in the indentation of executable files and of .rst files.",
  fix: "Replace each tab by four spaces.",
  severity: "warning",
  since: "0.1.0",
  style: true,
  dibLint: ["tabindent"],
  examples: {
    bad: { "web/install.d/50-web": "#!/bin/bash\nset -eu\nset -o pipefail\nif true; then\n\tuptime\nfi\n" },
    good: { "web/install.d/50-web": "#!/bin/bash\nset -eu\nset -o pipefail\nif true; then\n    uptime\nfi\n" },
  },
  *check({ textFiles }) {
    for (const file of textFiles) {
      if (!file.executable && !file.name.endsWith(".rst")) continue;
      const tab = /^ *\t/m.exec(file.source.text);
      if (tab === null) continue;
      // `<<-` here-documents strip tabs, so replacing them would change the text.
      const safe = !file.source.text.includes("<<-");
      const edits = [...file.source.text.matchAll(/^[ \t]*\t[ \t]*/gm)].map((match) => ({
        kind: "replace" as const,
        path: file.source.path,
        start: match.index,
        end: match.index + match[0].length,
        text: match[0].replaceAll("\t", "    "),
      }));
      const at = tab.index + tab[0].length - 1;
      yield {
        message: `${file.path} is indented by tabs`,
        help: "replace each tab by four spaces",
        location: file.at({ start: at, end: at + 1 }),
        fix: { title: "replace tabs by four spaces", safe, edits },
      };
    }
  },
});
