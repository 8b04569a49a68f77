import { defineRule } from "../rule.js";
import { shellFiles } from "../shell-files.js";

export default defineRule({
  id: "script-last-status",
  summary: "scripts do not end with a condition",
  why: "`[ … ] && command` as the last line is also the exit status of the whole file: where the condition does not hold, the build fails without a word. `set -e` spares such a line anywhere but at the end.",
  upstream: "dib-run-parts has `set -e` when it sources environment files and when it runs scripts.",
  fix: "Write `if …; then …; fi`.",
  severity: "error",
  since: "0.1.0",
  examples: {
    bad: { "web/environment.d/10-web": '[ "$DISTRO_NAME" = ubuntu ] && export DIB_WEB=nginx\n' },
    good: { "web/environment.d/10-web": 'if [ "$DISTRO_NAME" = ubuntu ]; then\n    export DIB_WEB=nginx\nfi\n' },
  },
  *check(context) {
    const run = new Set([...context.hookScripts, ...context.environmentFiles].map(({ path }) => path));
    for (const file of shellFiles(context)) {
      if (!run.has(file.path) || file.shell.problems.length > 0) continue;
      const environment = file.path.startsWith("environment.d/");
      for (const end of file.shell.conditionalEnds) {
        const condition = file.source.text.slice(end.condition.start, end.condition.end).split("\n", 1)[0];
        yield {
          // A script may well be meant for what the condition asks for; an environment file is sourced in every build.
          ...(!environment && { severity: "warning" as const }),
          message: environment
            ? `environment file ${file.path} fails where \`${condition}\` does not hold, and ends the build`
            : `hook script ${file.path} fails where \`${condition}\` does not hold`,
          help: "write it as `if …; then …; fi`",
          location: file.at(end),
        };
      }
    }
  },
});
