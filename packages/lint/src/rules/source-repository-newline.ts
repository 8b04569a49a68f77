import { replacement } from "../edits.js";
import { defineRule } from "../rule.js";

export default defineRule({
  id: "source-repository-newline",
  summary: "source-repository files end with a newline",
  why: "The last line is not read when it does not end with a newline, so its repository is missing from the image.",
  upstream: "The file is read with `while read line`, which fails at the end of the file.",
  fix: "End the file with a newline.",
  severity: "error",
  since: "0.1.0",
  examples: {
    bad: { "web/source-repository-web": "web git /opt/web https://example.com/web.git v1.0" },
    good: { "web/source-repository-web": "web git /opt/web https://example.com/web.git v1.0\n" },
  },
  *check({ textFiles }) {
    for (const file of textFiles) {
      const { text } = file.source;
      // As dib-lint, which looks for the words anywhere in the name; only the files at the top are read.
      if (!file.name.includes("source-repository-") || text === "" || text.endsWith("\n")) continue;
      const end = file.at({ start: text.length, end: text.length });
      yield {
        ...(file.path.includes("/") ? { severity: "warning" as const } : {}),
        message: `${file.path} does not end with a newline, so its last line is not read`,
        help: "add a newline",
        location: end,
        fix: replacement("add a newline, so that the last line is read", false, end, "\n"),
      };
    }
  },
});
