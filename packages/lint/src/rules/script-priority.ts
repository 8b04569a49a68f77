import { defineRule } from "../rule.js";

export default defineRule({
  id: "script-priority",
  summary: "names of hook scripts begin with two digits",
  why: "Scripts run in the order of their numbers; one without a number runs before all others, which nobody expects.",
  upstream: "dib-run-parts sorts with `sort -n`, which takes a name without a leading number as 0.",
  fix: "Begin the name with two digits and a hyphen, such as 50-web.",
  severity: "warning",
  since: "0.1.0",
  examples: {
    bad: { "web/install.d/web": "#!/bin/bash\nset -eu\nset -o pipefail\n" },
    good: { "web/install.d/50-web": "#!/bin/bash\nset -eu\nset -o pipefail\n" },
  },
  *check({ views, phaseData }) {
    for (const hook of views.scripts.value) {
      // That data is run at all is for script-shebang to say.
      if (!hook.runs || hook.priority !== undefined || phaseData.has(hook.path)) continue;
      yield {
        message: `hook script ${hook.path} has no number, so it runs before all that have one`,
        help: `rename it to "50-${hook.name}" or another number from 10 to 90`,
        location: hook.location,
      };
    }
  },
});
