import { defineRule } from "../rule.js";

export default defineRule({
  id: "script-priority-range",
  summary: "numbers of hook scripts are from 10 to 90",
  why: "Upstream keeps the numbers below 10 and above 90 for what must come before or after everything else.",
  upstream: "Nothing checks it; the developer documentation asks for it.",
  fix: "Choose a number from 10 to 90, unless the script must be among the first or last.",
  severity: "info",
  since: "0.1.0",
  style: true,
  examples: {
    bad: { "web/install.d/05-web": "#!/bin/bash\nset -eu\nset -o pipefail\n" },
    good: { "web/install.d/50-web": "#!/bin/bash\nset -eu\nset -o pipefail\n" },
  },
  *check({ views }) {
    for (const hook of views.scripts.value) {
      if (!hook.runs || hook.priority === undefined || (hook.priority >= 10 && hook.priority <= 90)) continue;
      yield {
        message: `hook script ${hook.path} has the number ${hook.priority}, outside 10 to 90`,
        help: "choose a number from 10 to 90",
        location: hook.location,
      };
    }
  },
});
