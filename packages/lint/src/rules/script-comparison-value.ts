import { onlyVariable, type Word } from "@dibkit/shell";
import { defineRule } from "../rule.js";
import { shellFiles } from "../shell-files.js";
import { impossibleValue } from "../variable-values.js";

export default defineRule({
  id: "script-comparison-value",
  summary: "variables are compared with values that builds have",
  why: "A comparison with a misspelt release, or with a distribution where a release is meant, is never true, and what depends on it silently does not happen.",
  upstream: "Operating-system elements set DISTRO_NAME and DIB_RELEASE; dib-init-system takes four init systems.",
  fix: "Correct the value.",
  severity: "warning",
  since: "0.1.0",
  examples: {
    bad: {
      "web/install.d/50-web":
        '#!/bin/bash\nset -eu\nset -o pipefail\nif [ "$DIB_RELEASE" = jamy ]; then\n    uptime\nfi\n',
    },
    good: {
      "web/install.d/50-web":
        '#!/bin/bash\nset -eu\nset -o pipefail\nif [ "$DIB_RELEASE" = jammy ]; then\n    uptime\nfi\n',
    },
  },
  *check(context) {
    const distros = new Set(context.targets.map(({ distro }) => distro));
    for (const file of shellFiles(context)) {
      const { text } = file.source;
      const own = new Set(file.shell.assignments.map(({ name }) => name));
      for (const { operator, left, right, kind, start, end } of file.shell.tests) {
        if (left === undefined || !/^(=|==|!=)$/.test(operator)) continue;
        const [variable, value] = sides(left, right, text);
        // A script of its own may put anything into the variable.
        if (variable === undefined || value === undefined || own.has(variable)) continue;
        if (kind !== "single" && /[*?[\]|@!()]/.test(value)) continue;
        const impossible = impossibleValue(variable, value, distros);
        if (impossible === undefined) continue;
        yield {
          message: `"${variable}" is compared with "${value}", ${impossible.why}, so this is ${operator === "!=" ? "always" : "never"} true`,
          help: impossible.help,
          location: file.at({ start, end }),
        };
      }
    }
  },
});

/** The variable and the literal that are compared, in whichever order. */
function sides(left: Word, right: Word, text: string): readonly [string | undefined, string | undefined] {
  const variableOf = (word: Word) => onlyVariable(text.slice(word.start, word.end));
  return left.literal === undefined ? [variableOf(left), right.literal] : [variableOf(right), left.literal];
}
