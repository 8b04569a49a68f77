import { replacement } from "../edits.js";
import { defineRule } from "../rule.js";

export default defineRule({
  id: "file-final-newline",
  summary: "scripts and README.rst end with a newline",
  why: "A last line without a newline is joined to what is appended, and some programs drop it.",
  upstream: "dib-lint reports executable files and .rst files whose last character is no newline.",
  fix: "End the file with a newline.",
  severity: "warning",
  since: "0.1.0",
  style: true,
  dibLint: ["newline"],
  examples: {
    bad: { "web/install.d/50-web": "#!/bin/bash\nset -eu\nset -o pipefail" },
    good: { "web/install.d/50-web": "#!/bin/bash\nset -eu\nset -o pipefail\n" },
  },
  *check({ textFiles }) {
    for (const file of textFiles) {
      const { text } = file.source;
      if ((!file.executable && !file.name.endsWith(".rst")) || text === "" || text.endsWith("\n")) continue;
      const end = file.at({ start: text.length, end: text.length });
      yield {
        message: `${file.path} does not end with a newline`,
        help: "add a newline",
        location: end,
        fix: replacement("add a newline", true, end, "\n"),
      };
    }
  },
});
