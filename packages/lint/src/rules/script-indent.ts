import { defineRule } from "../rule.js";

export default defineRule({
  id: "script-indent",
  summary: "scripts are indented by four spaces",
  why: "One style keeps elements readable that come from many hands.",
  upstream: "dib-lint reports lines of scripts that are indented by a number of spaces that is not a multiple of four.",
  fix: "Indent by multiples of four spaces.",
  severity: "info",
  since: "0.1.0",
  style: true,
  dibLint: ["indent"],
  examples: {
    bad: { "web/install.d/50-web": "#!/bin/bash\nset -eu\nset -o pipefail\nif true; then\n  uptime\nfi\n" },
    good: { "web/install.d/50-web": "#!/bin/bash\nset -eu\nset -o pipefail\nif true; then\n    uptime\nfi\n" },
  },
  *check({ textFiles }) {
    for (const file of textFiles) {
      if (file.shebang === undefined || file.language === "python" || /\.(rst|yaml|py)$/.test(file.name)) continue;
      const lines = [...file.source.text.matchAll(/^( {4})* {1,3}(?=[^ \n])/gm)];
      const first = lines[0];
      if (first === undefined) continue;
      const more = lines.length > 1 ? ` (and ${lines.length - 1} more lines)` : "";
      yield {
        message: `${file.path} is not indented by multiples of four spaces${more}`,
        help: "indent by four spaces",
        location: file.at({ start: first.index, end: first.index + first[0].length }),
      };
    }
  },
});
