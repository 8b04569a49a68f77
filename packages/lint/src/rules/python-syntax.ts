import { lineRange } from "@dibkit/model";
import { defineRule } from "../rule.js";

export default defineRule({
  id: "python-syntax",
  summary: "python scripts compile",
  why: "A script that python cannot compile fails when its turn comes, after everything before it has been done.",
  upstream: "The build fails in the phase that runs the script.",
  fix: "Correct the line; `python3 -m py_compile FILE` says what python makes of it.",
  severity: "error",
  since: "0.1.0",
  examples: {
    bad: { "web/install.d/50-web": "#!/usr/bin/python3\nprint 'web'\n" },
    good: { "web/install.d/50-web": "#!/usr/bin/python3\nprint('web')\n" },
  },
  *check({ pythonScripts, pythonVerdict }) {
    for (const file of pythonScripts) {
      const verdict = pythonVerdict(file);
      if (verdict === undefined || verdict.valid) continue;
      const { start, end } = lineRange(file.source, verdict.line ?? 1);
      yield {
        message: `${file.path} does not compile: ${verdict.message ?? "python gives no reason"}`,
        help: "correct the line",
        location: file.at({ start, end }),
      };
    }
  },
});
