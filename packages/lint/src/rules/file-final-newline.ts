import { fileSize, isExecutable } from "@dibkit/model";
import { replacement } from "../edits.js";
import { defineRule } from "../rule.js";

export default defineRule({
  id: "file-final-newline",
  summary: "files end with a newline",
  why: "A last line without a newline is joined to what is appended, and some programs drop it.",
  upstream:
    "dib-lint reports executable files, .rst files and every file of its library directory whose last character is no newline.",
  fix: "End the file with a newline.",
  severity: "warning",
  since: "0.1.0",
  style: true,
  dibLint: ["newline"],
  examples: {
    bad: { "web/install.d/50-web": "#!/bin/bash\nset -eu\nset -o pipefail" },
    good: { "web/install.d/50-web": "#!/bin/bash\nset -eu\nset -o pipefail\n" },
  },
  *check({ element, textFiles, place }) {
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
      if (file.kind !== "file" || texts.has(file.path) || !isExecutable(file) || fileSize(file) > LARGEST) continue;
      if (file.bytes.length === 0 || file.bytes.at(-1) === NEWLINE) continue;
      const message = `${file.path} is executable, and does not end with a newline`;
      yield { message, help: "take the executable bit away", location: place(file.path) };
    }
  },
});

const NEWLINE = 10;
const LARGEST = 1_000_000;
