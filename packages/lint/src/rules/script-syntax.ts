import { lineRange } from "@dibkit/model";
import { defineRule, type Finding } from "../rule.js";
import type { ScriptFile } from "../script-file.js";

export default defineRule({
  id: "script-syntax",
  summary: "shell scripts are correct bash",
  why: "A script that bash cannot read fails when its turn comes, after everything before it has been done.",
  upstream: "The build fails in the phase that runs or sources the file.",
  fix: "Correct the line; `bash -n FILE` says what bash makes of it.",
  severity: "error",
  since: "0.1.0",
  examples: {
    bad: { "web/install.d/50-web": "#!/bin/bash\nset -eu\nset -o pipefail\nif true; then\n    uptime\n" },
    good: { "web/install.d/50-web": "#!/bin/bash\nset -eu\nset -o pipefail\nif true; then\n    uptime\nfi\n" },
  },
  *check({ hookScripts, shellScripts, environmentFiles, bashVerdict }) {
    const files = new Map([...hookScripts, ...shellScripts, ...environmentFiles].map((file) => [file.path, file]));
    for (const file of files.values()) {
      const { problems, unread } = file.shell;
      if (unread !== undefined) {
        const why = unread === "too-large" ? "it is larger than 1 MB" : "it takes too long to parse";
        yield {
          severity: "info",
          message: `${file.path} was not analysed: ${why}`,
          location: file.at({ start: 0, end: 0 }),
        };
      }
      const problem = problems[0];
      if (problem === undefined) continue;
      const verdict = bashVerdict(file);
      if (verdict?.valid) continue;
      if (verdict) yield refused(file, verdict.line, verdict.message);
      else {
        // Without bash to ask, the grammar's word is only a suspicion.
        yield {
          severity: "warning",
          message: `${file.path} may not be correct bash: ${problem.message}`,
          help: `run "bash -n" on it to be sure`,
          location: file.at(problem),
        };
      }
    }
  },
});

function refused(file: ScriptFile, line: number | undefined, message: string | undefined): Finding {
  const range = line === undefined ? { start: 0, end: 0 } : lineRange(file.source, line);
  return {
    message: `${file.path} is not correct bash: ${message ?? "bash refuses it"}`,
    help: "correct the line, or one before it that is not closed",
    location: file.at(range),
  };
}
