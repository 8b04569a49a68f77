import { isOptionSet } from "../is-option-set.js";
import { defineRule } from "../rule.js";

export default defineRule({
  id: "script-export-substitution",
  summary: "the result of a command is assigned first and exported then",
  why: "In `export X=$(command)` the exit status of the command is lost, so `set -e` does not stop the script when it fails.",
  upstream: "dib-lint reports every line with `export …$(`.",
  fix: "Write `X=$(command)` and `export X` on two lines.",
  severity: "warning",
  since: "0.1.0",
  examples: {
    bad: { "web/environment.d/10-web": "export WEB_HOST=$(hostname -f)\n" },
    good: { "web/environment.d/10-web": "WEB_HOST=$(hostname -f)\nexport WEB_HOST\n" },
  },
  *check({ shellScripts, hookScripts, environmentFiles }) {
    const files = new Map([...shellScripts, ...hookScripts, ...environmentFiles].map((file) => [file.path, file]));
    const sourced = new Set(environmentFiles);
    for (const file of files.values()) {
      for (const made of file.shell.assignments) {
        if (made.kind !== "export" || !made.substitutes) continue;
        const { text } = file.source;
        const lineStart = text.lastIndexOf("\n", made.start) + 1;
        const statement = text.slice(lineStart, made.end);
        const lead = /^([ \t]*)export[ \t]+/.exec(statement);
        const whole = /^[ \t]*(#.*)?(\n|$)/.test(text.slice(made.end)) && lead !== null;
        yield {
          // Where no failure ends the script, none is hidden; environment files are sourced with `set -e`.
          ...(!sourced.has(file) && !isOptionSet(file.shell, "errexit") && { style: true as const }),
          message: `\`export ${made.name}=$(…)\` hides a failure of the command`,
          help: `assign ${made.name} first, then export it`,
          location: file.at(made),
          ...(whole &&
            lead[0].length === made.start - lineStart && {
              fix: {
                title: `assign ${made.name}, then export it, so that a failure ends the script`,
                safe: false,
                edits: [
                  {
                    kind: "replace",
                    path: file.source.path,
                    start: lineStart,
                    end: made.end,
                    text: `${lead[1]}${text.slice(made.start, made.end)}\n${lead[1]}export ${made.name}`,
                  },
                ],
              },
            }),
        };
      }
    }
  },
});
