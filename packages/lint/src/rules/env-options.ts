import { defineRule } from "../rule.js";

/** What dib-run-parts sets for itself and relies on. */
const RELIED_ON: readonly string[] = ["errexit", "nounset", "pipefail"];

export default defineRule({
  id: "env-options",
  summary: "files of environment.d leave the options on that dib-run-parts relies on",
  why: "They are sourced into dib-run-parts: after `set +e` in one of them the phase goes on when a script of any element fails.",
  upstream:
    "dib-run-parts sets -e, -u and pipefail, sources the files, and runs the scripts in the same shell; it restores tracing only. dib-lint reports `set -x`.",
  fix: "Remove the `set` command, or put the command that may fail into a condition.",
  severity: "error",
  since: "0.1.0",
  examples: {
    bad: { "web/environment.d/10-web": "set +e\nexport WEB=1\n" },
    good: { "web/environment.d/10-web": "export WEB=1\n" },
  },
  *check({ environmentFiles }) {
    for (const file of environmentFiles) {
      const { options } = file.shell;
      const lasting = options.filter(({ context }) => !context.subshell);
      // What is turned on again at the end of the file was off for the file only.
      const cleared = lasting.find(
        ({ option, on, start }) =>
          !on &&
          RELIED_ON.includes(option) &&
          !lasting.some((later) => later.option === option && later.on && later.start > start),
      );
      if (cleared !== undefined) {
        yield {
          message: `environment file ${file.path} clears the option "${cleared.option}" of dib-run-parts, so failing scripts of all elements go unnoticed`,
          help: "remove the set command",
          location: file.at(cleared),
        };
        continue;
      }
      const traced = lasting.find(({ option, on }) => option === "xtrace" && on);
      if (traced === undefined) continue;
      yield {
        style: true,
        severity: "warning",
        message: `environment file ${file.path} turns tracing on, which dib-run-parts does by itself`,
        help: "remove the set command",
        location: file.at(traced),
      };
    }
  },
});
