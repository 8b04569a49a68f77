import { dockerfileParser } from "../dockerfile-parser.js";
import { defineRule } from "../rule.js";

const ERROR = 1;

export default defineRule({
  id: "containerfile-syntax",
  summary: "files in containerfiles can be built",
  why: "A Containerfile with an unknown instruction, or without an image to begin with, ends the build in root.d.",
  upstream: "Element containerfile hands containerfiles/$DIB_RELEASE to `podman build`.",
  fix: "Correct the instruction that the message names.",
  severity: "error",
  since: "0.1.0",
  examples: {
    bad: { "web/containerfiles/jammy": "FORM docker.io/library/ubuntu:22.04\nRUN apt-get update\n" },
    good: { "web/containerfiles/jammy": "FROM docker.io/library/ubuntu:22.04\nRUN apt-get update\n" },
  },
  *check({ textFiles }) {
    for (const file of textFiles) {
      if (!/^containerfiles\/[^/]+$/.test(file.path) || /^README|\.(md|rst)$/.test(file.name)) continue;
      const { validate } = dockerfileParser();
      const errors = validate(file.source.text, {}).filter(({ severity }) => severity === ERROR);
      // A misspelt FROM is two errors, of which one says what is wrong.
      const shown = errors.length > 1 ? errors.filter(({ message }) => !message.startsWith("No source image")) : errors;
      const lines = file.source.text.split("\n");
      const offset = (line: number, character: number) =>
        lines.slice(0, line).reduce((sum, text) => sum + text.length + 1, 0) + character;
      for (const { message, range } of shown) {
        const words = message.replaceAll("`", '"').replace(/\.$/, "");
        yield {
          message: `${file.path} cannot be built: ${words.charAt(0).toLowerCase()}${words.slice(1)}`,
          help: "correct the instruction",
          location: file.at({
            start: offset(range.start.line, range.start.character),
            end: offset(range.end.line, range.end.character),
          }),
        };
      }
    }
  },
});
