import { defineRule } from "../rule.js";

export default defineRule({
  id: "env-options",
  summary: "files of environment.d leave the options of the shell alone",
  why: "They are sourced into dib-run-parts: `set -x` floods every log, and other options change how it runs the scripts of all elements.",
  upstream: "dib-run-parts traces environment files itself; dib-lint reports `set -x` in them.",
  fix: "Remove the `set` command.",
  severity: "warning",
  since: "0.1.0",
  examples: {
    bad: { "web/environment.d/10-web": "set -x\nexport WEB=1\n" },
    good: { "web/environment.d/10-web": "export WEB=1\n" },
  },
  *check({ environmentFiles }) {
    for (const file of environmentFiles) {
      const [first] = file.shell.options.filter(
        // Less tracing harms no one.
        ({ context, option, on }) => !context.subshell && (on || option !== "xtrace"),
      );
      if (first === undefined) continue;
      yield {
        message: `environment file ${file.path} ${first.on ? "sets" : "clears"} the option "${first.option}" of dib-run-parts, which sources it`,
        help: "remove the set command",
        location: file.at(first),
      };
    }
  },
});
