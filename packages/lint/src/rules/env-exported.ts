import { defineRule } from "../rule.js";

export default defineRule({
  id: "env-exported",
  summary: "variables of environment.d that scripts read are exported",
  why: "Scripts are programs of their own: they see a variable of an environment file only when it is exported.",
  upstream: "dib-run-parts sources the files and then runs the scripts; what is not exported stays behind.",
  fix: "Write `export NAME=…`.",
  severity: "error",
  since: "0.1.0",
  examples: {
    bad: {
      "web/environment.d/10-web": "WEB_ROOT=/srv/web\n",
      "web/install.d/50-web": "#!/bin/bash\nset -eu\nset -o pipefail\nmkdir -p $WEB_ROOT\n",
    },
    good: {
      "web/environment.d/10-web": "export WEB_ROOT=/srv/web\n",
      "web/install.d/50-web": "#!/bin/bash\nset -eu\nset -o pipefail\nmkdir -p $WEB_ROOT\n",
    },
  },
  *check({ environmentFiles, hookScripts }) {
    const exported = new Set<string>();
    for (const { shell } of environmentFiles) {
      for (const made of shell.assignments) if (made.exported) exported.add(made.name);
      if (shell.options.some((option) => option.option === "allexport" && option.on)) return;
    }
    for (const file of environmentFiles) {
      for (const made of file.shell.assignments) {
        if (exported.has(made.name) || made.kind !== "plain" || made.context.subshell || made.context.function)
          continue;
        const reader = hookScripts.find(
          ({ shell }) =>
            shell.reads.some((read) => read.name === made.name && read.kind === "plain") &&
            !shell.assignments.some((own) => own.name === made.name) &&
            !shell.dynamic,
        );
        if (reader === undefined) continue;
        yield {
          message: `"${made.name}" is not exported, so ${reader.path} does not see it`,
          help: `write "export ${made.name}=…"`,
          location: file.at(made),
        };
      }
    }
  },
});
