import { defineRule } from "../rule.js";
import { shellFiles } from "../shell-files.js";

export default defineRule({
  id: "script-test-constant",
  summary: "tests ask about something that may change",
  why: "A test of words without a variable gives the same answer in every build: mostly a `$` is missing, as in `[ DISTRO_NAME = ubuntu ]`.",
  upstream: "The script is run by bash as it is.",
  fix: "Write the `$` before the name.",
  severity: "warning",
  since: "0.1.0",
  examples: {
    bad: {
      "web/install.d/50-web":
        "#!/bin/bash\nset -eu\nset -o pipefail\nif [ DISTRO_NAME = ubuntu ]; then\n    uptime\nfi\n",
    },
    good: {
      "web/install.d/50-web":
        '#!/bin/bash\nset -eu\nset -o pipefail\nif [ "$DISTRO_NAME" = ubuntu ]; then\n    uptime\nfi\n',
    },
  },
  *check(context) {
    for (const file of shellFiles(context)) {
      if (file.shell.brokenTests.length > 0 || file.shell.problems.length > 0) continue;
      for (const { operator, left, right, kind, start, end } of file.shell.tests) {
        const answer = constantAnswer(operator, left?.literal, right.literal, left !== undefined);
        if (kind === "case" || answer === undefined) continue;
        const name = [left?.literal, right.literal].find((word) => /^[A-Z][A-Z0-9]*_[A-Z0-9_]+$/.test(word ?? ""));
        yield {
          message: `\`${file.source.text.slice(start, end)}\` is ${answer} in every build`,
          help: name === undefined ? "compare a variable" : `write "$${name}"`,
          location: file.at({ start, end }),
        };
      }
    }
  },
});

/** The answer when it is always the same; undefined when a variable, a file or a wildcard decides. */
function constantAnswer(
  operator: string,
  left: string | undefined,
  right: string | undefined,
  binary: boolean,
): "true" | "false" | undefined {
  if (right === undefined || (binary && left === undefined) || /[*?[]/.test(right)) return undefined;
  if (binary) {
    const same = left === right;
    if (operator === "=" || operator === "==") return same ? "true" : "false";
    return operator === "!=" ? (same ? "false" : "true") : undefined;
  }
  if (operator === "-n") return right === "" ? "false" : "true";
  if (operator === "-z") return right === "" ? "true" : "false";
  // `while [ 1 ]` is meant.
  return operator === "" && !/^(1|true|:)?$/.test(right) ? "true" : undefined;
}
