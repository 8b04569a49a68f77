import { documentedVariables } from "../documented-variables.js";
import { setVariables } from "../known-variables.js";
import { defineGraphRule } from "../rule.js";
import { needsVariables } from "../shell-files.js";
import { quoted } from "../words.js";

export default defineGraphRule({
  id: "script-variable-branch",
  summary: "variables are set in every branch before they are read",
  why: "A variable that one branch of an `if` or `case` sets and another does not is unset after that other one, and `set -u` ends the build there.",
  upstream: "The script is run by bash as it is.",
  fix: "Set the variable before the branches, or read it with a default.",
  severity: "error",
  since: "0.1.0",
  examples: {
    bad: {
      "web/install.d/50-web":
        "#!/bin/bash\nset -eu\nset -o pipefail\ncase $ARCH in\n    amd64)\n        URL=https://example.com/amd64\n        ;;\n    arm64)\n        URL=https://example.com/arm64\n        OPTIONS=--slow\n        ;;\nesac\ncurl $OPTIONS $URL\n",
    },
    good: {
      "web/install.d/50-web":
        "#!/bin/bash\nset -eu\nset -o pipefail\nOPTIONS=\ncase $ARCH in\n    amd64)\n        URL=https://example.com/amd64\n        ;;\n    arm64)\n        URL=https://example.com/arm64\n        OPTIONS=--slow\n        ;;\nesac\ncurl $OPTIONS $URL\n",
    },
  },
  *check(context) {
    const { focus, contextOf, facts } = context;
    if (focus === undefined) return;
    const { hookScripts, environmentFiles } = contextOf(focus);
    const scripts = [...hookScripts, ...environmentFiles].filter(({ shell }) => shell.branchVariables.length > 0);
    if (scripts.length === 0) return;
    const known = setVariables(context);
    const documented = documentedVariables(focus);
    for (const file of scripts) {
      const { branchVariables, reads, assignments, dynamic, problems } = file.shell;
      const strict = needsVariables(file) || file.path.startsWith("environment.d/");
      if (!strict || dynamic || problems.length > 0) continue;
      const unset = branchVariables.filter(({ name, explicit, statement }) => {
        if (!explicit || known.has(name) || documented.has(name) || facts.exports.has(name)) return false;
        const guarded = reads.some((read) => read.name === name && read.kind !== "plain");
        const otherwise = assignments.some(
          (made) => made.name === name && (made.start < statement.start || made.context.function !== undefined),
        );
        return !guarded && !otherwise;
      });
      for (const statement of new Set(unset.map((one) => one.statement.start))) {
        const [first, ...others] = unset.filter((one) => one.statement.start === statement);
        if (first === undefined) continue;
        const more =
          others.length === 0
            ? ""
            : ` (and so ${others.length === 1 ? "is" : "are"} ${quoted(others.map(({ name }) => name))})`;
        yield {
          message: `"${first.name}" is unset here after a branch that does not set it, and \`set -u\` ends the script${more}`,
          help: "set it before the branches",
          location: file.at(first),
          related: [
            { message: "set in some of these branches", location: file.at({ start: statement, end: statement }) },
          ],
        };
      }
    }
  },
});
