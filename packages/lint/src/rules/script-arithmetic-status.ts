import type { Arithmetic, ShellScript } from "@dibkit/shell";
import { defineRule } from "../rule.js";
import { shellFiles, stopsAtFailure } from "../shell-files.js";

export default defineRule({
  id: "script-arithmetic-status",
  summary: "counting does not end the script",
  why: "`((i++))` is a command whose value is its exit status: while `i` is 0 it fails, and `set -e` ends the script.",
  upstream: "Scripts and dib-run-parts have `set -e`.",
  fix: "Write `i=$((i + 1))`, or `((++i))` when it starts at 0.",
  severity: "error",
  since: "0.1.0",
  examples: {
    bad: {
      "web/install.d/50-web": "#!/bin/bash\nset -eu\nset -o pipefail\ni=0\nwhile [ $i -lt 3 ]; do\n    ((i++))\ndone\n",
    },
    good: {
      "web/install.d/50-web":
        "#!/bin/bash\nset -eu\nset -o pipefail\ni=0\nwhile [ $i -lt 3 ]; do\n    i=$((i + 1))\ndone\n",
    },
  },
  *check(context) {
    for (const file of shellFiles(context)) {
      const strict = stopsAtFailure(file) || file.path.startsWith("environment.d/");
      if (!strict) continue;
      for (const statement of file.shell.arithmetic) {
        // Whoever asks for the result, or writes `|| true`, has thought of it.
        if (statement.context.tested || statement.context.substitution || !isZero(statement, file.shell)) continue;
        yield {
          message: `\`${file.source.text.slice(statement.start, statement.end)}\` fails when its value is 0, and \`set -e\` ends the script`,
          help: "assign the result: i=$((i + 1))",
          location: file.at(statement),
        };
      }
    }
  },
});

/** Whether the value is 0 the first time, as far as literals tell. */
function isZero({ expression, start }: Arithmetic, { assignments }: ShellScript): boolean {
  const set = /^([A-Za-z_]\w*)\s*=\s*0+$/.test(expression) || /^([A-Za-z_]\w*)\s*[*&]=\s*0+$/.test(expression);
  if (set) return true;
  const counted =
    /^([A-Za-z_]\w*)\s*(\+\+|--)$/.exec(expression) ??
    /^([A-Za-z_]\w*)\s*[+-]=\s*0+$/.exec(expression) ??
    /^([A-Za-z_]\w*)$/.exec(expression);
  if (counted === null) return false;
  const before = assignments.filter((made) => made.name === counted[1] && made.start < start);
  return before.some((made) => /^0+$/.test(made.value?.literal ?? ""));
}
