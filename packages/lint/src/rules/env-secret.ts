import { defineRule } from "../rule.js";

const SECRET = /(PASSWORD|PASSWD|SECRET|TOKEN|PRIVATE_KEY|API_?KEY|CREDENTIAL)S?$/i;

export default defineRule({
  id: "env-secret",
  summary: "files of environment.d hold no passwords, tokens or keys",
  why: "The files are traced into every build log, and element `manifests` writes all DIB_ variables into the image.",
  upstream: "dib-run-parts sources the files with `set -x`, whatever DIB_DEBUG_TRACE says.",
  fix: "Leave the variable without a default, and give it to the build from outside.",
  severity: "warning",
  since: "0.1.0",
  examples: {
    bad: { "web/environment.d/10-web": "export DIB_WEB_PASSWORD=${DIB_WEB_PASSWORD:-hunter2}\n" },
    good: { "web/environment.d/10-web": "export DIB_WEB_PASSWORD=${DIB_WEB_PASSWORD:-}\n" },
  },
  *check({ environmentFiles }) {
    for (const file of environmentFiles) {
      for (const made of file.shell.assignments) {
        if (!SECRET.test(made.name) || made.kind === "unset") continue;
        const own = file.shell.reads.find(
          (read) => read.start >= made.start && read.end <= made.end && read.name === made.name,
        );
        const value = own ? own.fallback?.literal : made.value?.literal;
        // Paths and switches about a secret are none.
        if (value === undefined || value === "" || /^([/~].*|\d|true|false|yes|no)$/i.test(value)) continue;
        yield {
          message: `"${made.name}" looks like a secret, and its value is written into every build log`,
          help: "leave its default empty and set it from outside",
          location: file.at(made),
        };
      }
    }
  },
});
