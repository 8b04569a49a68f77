import { defineRule } from "../rule.js";
import { shellFiles } from "../shell-files.js";

export default defineRule({
  id: "script-test-operator",
  summary: "tests in single brackets have no operators of the shell",
  why: "`[` is a command: in `[ a || b ]` and `[ ! command | grep x ]` it ends at the operator, complains of a missing `]`, and the condition is never true.",
  upstream: "The script is run by bash as it is; `bash -n` finds nothing wrong.",
  fix: "Write `[ a ] || [ b ]` or `[[ a || b ]]`; run a command without brackets: `if ! command | grep -q x; then`.",
  severity: "error",
  since: "0.1.0",
  examples: {
    bad: {
      "web/install.d/50-web":
        '#!/bin/bash\nset -eu\nset -o pipefail\nif [ "$ARCH" = amd64 || "$ARCH" = arm64 ]; then\n    uptime\nfi\n',
    },
    good: {
      "web/install.d/50-web":
        '#!/bin/bash\nset -eu\nset -o pipefail\nif [ "$ARCH" = amd64 ] || [ "$ARCH" = arm64 ]; then\n    uptime\nfi\n',
    },
  },
  *check(context) {
    for (const file of shellFiles(context)) {
      for (const test of file.shell.brokenTests) {
        yield {
          message: `the test ends at "${test.operator}", without its "]"`,
          help:
            test.operator === "|"
              ? "run the commands without the brackets"
              : `write "[ … ] ${test.operator} [ … ]", or use "[[ … ]]"`,
          location: file.at(test),
        };
      }
    }
  },
});
