import { replacement } from "../edits.js";
import { defineRule, type Finding } from "../rule.js";
import type { ScriptFile } from "../script-file.js";

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
  *check({ views, textFiles, phaseData }) {
    const runs = new Set(views.scripts.value.filter((hook) => hook.runs).map((hook) => hook.path));
    for (const file of textFiles) {
      if (file.shebang === undefined) {
        if (runs.has(file.path) && file.source.text.trim() !== "")
          yield withoutFirstLine(file, phaseData.has(file.path));
      } else {
        const about = aboutFirstLine(file, file.shebang);
        if (about !== undefined) yield runs.has(file.path) ? about : { ...about, style: true };
      }
    }
  },
});

function withoutFirstLine(file: ScriptFile, data: boolean): Finding {
  const location = file.at({ start: 0, end: Math.max(0, file.source.text.indexOf("\n")) });
  if (data) {
    return {
      message: `${file.path} is data for a script, but the build runs it too: it is executable, and has the name of a hook script`,
      help: "take the executable bit away, or move it out of the phase",
      location,
    };
  }
  return {
    // What bash can read it runs as it was meant.
    ...(file.shell.problems.length === 0 && { severity: "info" as const }),
    message: `hook script ${file.path} does not say what runs it`,
    help: 'make "#!/bin/bash" its first line',
    location,
    // bash is what runs it now, whatever else it was meant for.
    fix: replacement("add #!/bin/bash", true, file.at({ start: 0, end: 0 }), "#!/bin/bash\n"),
  };
}

function aboutFirstLine(file: ScriptFile, line: string): Finding | undefined {
  const shebang = line.replace(/\r$/, "");
  const location = file.at({ start: 0, end: shebang.length });
  if (shebang !== line) {
    return {
      severity: "error",
      message: `the lines of ${file.path} end with CRLF, so its first line asks for a program whose name ends with a carriage return`,
      help: "end the lines with LF alone, as dos2unix does",
      location,
    };
  }
  if (!/^#!.*bash/.test(shebang) || shebang === "#!/bin/bash") return undefined;
  const ofEnv = /^#!\s*\S*\/env\s+(bash\s.*\S)/.exec(shebang)?.[1];
  if (ofEnv !== undefined) {
    const help = `write "#!/bin/${ofEnv}"`;
    return {
      severity: "error",
      message: `env looks for a program called "${ofEnv}", and there is none`,
      help,
      location,
    };
  }
  const message = `first line "${shebang}" of ${file.path} is not "#!/bin/bash"`;
  const options = /\bbash\s+(-.*\S)/.exec(shebang)?.[1];
  if (options !== undefined) {
    // The options are in force, only not where dib-lint looks for them.
    return { style: true, message, help: 'write "#!/bin/bash" and set the options in the script', location };
  }
  // Both lead to bash in every image; only a directory of one's own may be missing there.
  const found = /^#!\s*(\/usr)?\/bin\/(env\s+)?bash\s*$/.test(shebang);
  const fix = replacement("write #!/bin/bash, which may be another bash", false, location, "#!/bin/bash");
  return { ...(found && { severity: "info" as const }), message, help: 'write "#!/bin/bash"', location, fix };
}
