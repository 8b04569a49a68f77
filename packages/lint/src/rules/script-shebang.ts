import { replacement } from "../edits.js";
import { defineRule } from "../rule.js";

export default defineRule({
  id: "script-shebang",
  summary: "shell scripts begin with #!/bin/bash",
  why: "Hook scripts are run by their first line; chroots have bash in /bin, and elements rely on its features.",
  upstream:
    "dib-lint wants exactly #!/bin/bash. A script without a first line is run by bash only because bash falls back to itself.",
  fix: "Make #!/bin/bash the first line, and put options into `set` commands.",
  severity: "warning",
  since: "0.1.0",
  examples: {
    bad: { "web/install.d/50-web": "#!/usr/bin/env bash\nset -eu\nset -o pipefail\n" },
    good: { "web/install.d/50-web": "#!/bin/bash\nset -eu\nset -o pipefail\n" },
  },
  *check({ views, textFiles }) {
    const runs = new Set(views.scripts.value.filter((hook) => hook.runs).map((hook) => hook.path));
    for (const file of textFiles) {
      if (file.shebang === undefined) {
        if (!runs.has(file.path) || file.source.text.trim() === "") continue;
        yield {
          message: `hook script ${file.path} does not say what runs it`,
          help: 'make "#!/bin/bash" its first line',
          location: file.at({ start: 0, end: Math.max(0, file.source.text.indexOf("\n")) }),
          fix: replacement("add #!/bin/bash", true, file.at({ start: 0, end: 0 }), "#!/bin/bash\n"),
        };
      } else if (/^#!.*bash/.test(file.shebang) && file.shebang !== "#!/bin/bash") {
        const location = file.at({ start: 0, end: file.shebang.length });
        const options = /bash\s+-/.test(file.shebang);
        yield {
          message: `first line "${file.shebang}" of ${file.path} is not "#!/bin/bash"`,
          help: options ? 'write "#!/bin/bash" and set the options in the script' : 'write "#!/bin/bash"',
          location,
          fix: replacement("write #!/bin/bash", !options, location, "#!/bin/bash"),
        };
      }
    }
  },
});
