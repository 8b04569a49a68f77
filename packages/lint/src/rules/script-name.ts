import { HOOK_SCRIPT_NAME } from "@dibkit/model";
import { nameChange } from "../edits.js";
import { defineRule } from "../rule.js";
import { scriptFile } from "../script-file.js";

export default defineRule({
  id: "script-name",
  summary: "names of hook scripts have letters, digits, hyphens and underscores only",
  why: "A hook script with a dot in its name, such as 10-web.sh, is skipped without a word.",
  upstream:
    "dib-run-parts takes names that match ^[0-9A-Za-z_-]+$ (RUN_PARTS_REGEX), and mentions others only when tracing.",
  fix: "Rename the file: drop the suffix.",
  severity: "error",
  since: "0.1.0",
  examples: {
    bad: { "web/install.d/50-web.sh": "#!/bin/bash\nset -eu\nset -o pipefail\n" },
    good: { "web/install.d/50-web": "#!/bin/bash\nset -eu\nset -o pipefail\n" },
  },
  *check({ element, views, textFiles }) {
    for (const hook of views.scripts.value) {
      if (HOOK_SCRIPT_NAME.test(hook.name)) continue;
      const { shebang } = scriptFile(element, hook.path, hook.file);
      const numbered = /^\d/.test(hook.name);
      if (!hook.executable || (shebang === undefined && !numbered)) continue;
      // A helper that a real script calls by name is fine where it is.
      const called = textFiles.some((file) => file.path !== hook.path && file.source.text.includes(hook.name));
      if (called && !numbered) continue;
      const better = hook.name.replace(/\.(sh|bash|py)$/, "").replace(/[^0-9A-Za-z_-]+/g, "-");
      yield {
        ...(numbered ? {} : { severity: "warning" as const }),
        message: `hook script ${hook.path} is never run: its name may have letters, digits, "-" and "_" only`,
        help: `rename it to "${better}"`,
        location: hook.location,
        ...nameChange(`rename to ${better}, which makes builds run it`, hook.file, better),
      };
    }
  },
});
