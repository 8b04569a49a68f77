import { defineRule } from "../rule.js";
import { shellFiles } from "../shell-files.js";

export default defineRule({
  id: "script-test-glob",
  summary: "tests for files have no wildcards",
  why: "In `[[ ]]` a wildcard is not expanded, so no file has that name and the test is never true; in `[ ]` it fails when more than one file matches.",
  upstream: "The script is run by bash as it is.",
  fix: "Go through the files with `for`, or ask `compgen -G 'PATTERN' > /dev/null`.",
  severity: "error",
  since: "0.1.0",
  examples: {
    bad: {
      "web/install.d/50-web":
        "#!/bin/bash\nset -eu\nset -o pipefail\nif [[ -e /lib/modules/*-generic ]]; then\n    uptime\nfi\n",
    },
    good: {
      "web/install.d/50-web":
        "#!/bin/bash\nset -eu\nset -o pipefail\nif compgen -G '/lib/modules/*-generic' > /dev/null; then\n    uptime\nfi\n",
    },
  },
  *check(context) {
    for (const file of shellFiles(context)) {
      for (const { operator, right, kind, start, end } of file.shell.tests) {
        if (!/^-[bcdefghkLprsSuwxGO]$/.test(operator)) continue;
        const written = file.source.text.slice(right.start, right.end);
        // Quoted stars are none.
        const bare = written.replace(/'[^']*'|"(?:[^"\\]|\\.)*"|\\.|\$\{[^}]*\}|\$\([^)]*\)|\$[*?]/g, "");
        if (!/[*?]|\[[^\]]+\]/.test(bare)) continue;
        yield {
          ...(kind === "single" && { severity: "warning" as const }),
          message:
            kind === "single"
              ? `"${written}" fails as soon as it matches more than one file`
              : `"${written}" is not expanded in \`[[ ]]\`, so the test is never true`,
          help: "use a loop, or `compgen -G`",
          location: file.at({ start, end }),
        };
      }
    }
  },
});
