import { ENVIRONMENT_FILE_NAME } from "@dibkit/model";
import { defineRule } from "../rule.js";

export default defineRule({
  id: "env-name",
  summary: "names of environment.d files have letters, digits, dots, hyphens and underscores only",
  why: "A file with another character in its name is not sourced, and nothing says so.",
  upstream: "dib-run-parts sources names that match [0-9A-Za-z_.-]+.",
  fix: "Rename the file.",
  severity: "error",
  since: "0.1.0",
  examples: {
    bad: { "web/environment.d/10-web~": "export WEB=1\n" },
    good: { "web/environment.d/10-web.bash": "export WEB=1\n" },
  },
  *check({ views }) {
    for (const { name, path, sourced, location } of views.environment.value) {
      if (sourced || ENVIRONMENT_FILE_NAME.test(name)) continue;
      yield {
        message: `environment file ${path} is never sourced: its name may have letters, digits, ".", "-" and "_" only`,
        help: `rename it to "${name.replace(/[^0-9A-Za-z_.-]+/g, "")}", or remove it`,
        location,
      };
    }
  },
});
