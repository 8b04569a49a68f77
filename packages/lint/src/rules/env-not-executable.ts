import { modeChange } from "../edits.js";
import { defineRule } from "../rule.js";

export default defineRule({
  id: "env-not-executable",
  summary: "files of environment.d are not executable",
  why: "They are sourced, never run; the bit only suggests otherwise.",
  upstream: "dib-lint reports environment files with the executable bit.",
  fix: "chmod -x the file.",
  severity: "info",
  since: "0.1.0",
  examples: {
    bad: { "web/environment.d/10-web": { content: "export WEB=1\n", mode: 0o755 } },
    good: { "web/environment.d/10-web": "export WEB=1\n" },
  },
  *check({ environmentFiles }) {
    for (const file of environmentFiles) {
      if (!file.executable) continue;
      yield {
        message: `environment file ${file.path} is executable, but it is only sourced`,
        help: "take the executable bit away",
        location: file.at({ start: 0, end: 0 }),
        ...modeChange(`chmod -x ${file.path}`, file.file, false),
      };
    }
  },
});
