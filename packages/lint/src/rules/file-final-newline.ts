import { fileSize } from "@dibkit/model";
import { replacement } from "../edits.js";
import { defineRule } from "../rule.js";

export default defineRule({
  id: "file-final-newline",
  summary: "files end with a newline",
  why: "A last line without a newline is joined to what is appended, and some programs drop it.",
  upstream:
    "dib-lint reports executable files, .rst files and every file of its library directory whose last character is not a newline.",
  fix: "End the file with a newline.",
  severity: "warning",
  since: "0.1.0",
  style: true,
  dibLint: ["newline"],
  examples: {
    bad: { "web/install.d/50-web": "#!/bin/bash\nset -eu\nset -o pipefail" },
    good: { "web/install.d/50-web": "#!/bin/bash\nset -eu\nset -o pipefail\n" },
  },
  *check({ element, textFiles, locationOf }) {
    const texts = new Set(textFiles.map(({ path }) => path));
    for (const file of textFiles) {
      const { text } = file.source;
      if (text === "" || text.endsWith("\n")) continue;
      const end = file.at({ start: text.length, end: text.length });
      // What reads a file of data may take the newline for a part of it.
      const safe = file.language !== undefined || file.name.endsWith(".rst");
      yield {
        message: `${file.path} does not end with a newline`,
        help: "add a newline",
        location: end,
        fix: replacement("add a newline", safe, end, "\n"),
      };
    }
    for (const file of element.files.values()) {
      if (file.kind !== "file" || texts.has(file.path) || isTest(file.path) || fileSize(file) > LARGEST) continue;
      if (file.bytes.length === 0 || file.bytes.at(-1) === NEWLINE) continue;
      // Of data only dib-lint expects it, which asks all files of a library directory.
      const message = `${file.path} does not end with a newline`;
      yield { severity: "info", message, help: "leave data as it is", location: locationOf(file.path) };
    }
  },
});

/** Test elements are looked at by themselves. */
function isTest(path: string): boolean {
  return path.startsWith("test-elements/");
}

const NEWLINE = 10;
const LARGEST = 1_000_000;
