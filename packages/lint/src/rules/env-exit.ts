import { defineRule } from "../rule.js";

export default defineRule({
  id: "env-exit",
  summary: "files of environment.d do not exit",
  why: "They are sourced into dib-run-parts: an exit ends the phase there, and the scripts of all elements are not run.",
  upstream: "With `exit 0` the phase silently does nothing; with another code the build fails.",
  fix: "Use `return`, or a condition.",
  severity: "error",
  since: "0.1.0",
  examples: {
    bad: { "web/environment.d/10-web": 'if [ -z "${WEB:-}" ]; then\n    exit 0\nfi\n' },
    good: { "web/environment.d/10-web": 'if [ -z "${WEB:-}" ]; then\n    export WEB=1\nfi\n' },
  },
  *check({ environmentFiles }) {
    for (const file of environmentFiles) {
      for (const command of file.shell.commands) {
        if (command.name?.literal !== "exit" || command.context.subshell) continue;
        const code = command.args[0]?.literal;
        // A failing exit on a condition is a check of the user's settings, and stops the build as it should.
        if (code !== undefined && code !== "0" && command.context.optional) continue;
        yield {
          message: `\`exit\` in environment file ${file.path} ends the phase for all elements`,
          help: "use `return` or a condition",
          location: file.at(command),
        };
      }
    }
  },
});
