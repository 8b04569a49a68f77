import { parseAllDocuments } from "yaml";
import { defineRule } from "../rule.js";

// Control files are parsed by their own views.
const VIEWED = /^(package-installs\.yaml|block-device-[^/]+\.yaml)$/;

export default defineRule({
  id: "yaml-syntax",
  summary: "files with the suffix .yaml are YAML",
  why: "Whatever reads the file fails, mostly late in the build or in the image.",
  upstream: "dib-lint loads every .yaml file with PyYAML.",
  fix: "Correct the syntax.",
  severity: "warning",
  since: "0.1.0",
  examples: {
    bad: { "web/files/web.yaml": "a: [1, 2\n" },
    good: { "web/files/web.yaml": "a: [1, 2]\n", "web/files/windows.yaml": "\uFEFF- a: 1\r\n  b: 2\r\n" },
  },
  *check({ textFiles }) {
    for (const file of textFiles) {
      if (!file.name.endsWith(".yaml") || VIEWED.test(file.path) || file.source.text.length > 200_000) continue;
      // The parser counts a byte-order mark as a column of the first line.
      const mark = file.source.text.startsWith("\uFEFF") ? 1 : 0;
      const documents = parseAllDocuments(file.source.text.slice(mark), {
        version: "1.1",
        uniqueKeys: false,
        prettyErrors: false,
        logLevel: "silent",
      });
      const error = "empty" in documents ? undefined : documents.flatMap((document) => document.errors)[0];
      if (error === undefined) continue;
      const message = error.message.split("\n")[0]?.replace(/\.$/, "") ?? "";
      yield {
        message: `${file.path} is not YAML: ${message.charAt(0).toLowerCase()}${message.slice(1)}`,
        help: "correct the syntax",
        location: file.at({ start: error.pos[0] + mark, end: error.pos[1] + mark }),
      };
    }
  },
});
