import { effectiveCommand, type Word } from "@dibkit/shell";
import { replacement } from "../edits.js";
import { defineRule } from "../rule.js";
import type { ScriptFile } from "../script-file.js";

export default defineRule({
  id: "script-which",
  summary: "scripts use `command -v` instead of `which`",
  why: "`which` is a program of its own that minimal images do not have; `command -v` is part of every shell.",
  upstream: "dib-lint reports every line with `which `.",
  fix: "Write `command -v NAME`.",
  severity: "warning",
  since: "0.1.0",
  dibLint: ["which"],
  examples: {
    bad: { "web/install.d/50-web": "#!/bin/bash\nset -eu\nset -o pipefail\nif which nginx; then uptime; fi\n" },
    good: { "web/install.d/50-web": "#!/bin/bash\nset -eu\nset -o pipefail\nif command -v nginx; then uptime; fi\n" },
  },
  *check({ shellScripts, hookScripts, environmentFiles }) {
    const files = new Map([...shellScripts, ...hookScripts, ...environmentFiles].map((file) => [file.path, file]));
    const ofBuild = new Set([...hookScripts, ...environmentFiles]);
    for (const file of files.values()) {
      for (const command of file.shell.commands) {
        const { name, word, args, through } = effectiveCommand(command);
        if (name !== "which" || word === undefined) continue;
        // A builtin cannot be run by sudo, and `which` takes options and several names.
        const direct = through.length === 0 && args.length === 1 && !args[0]?.prefix.startsWith("-");
        yield {
          // A program of the image runs when the image has what it needs.
          ...(!ofBuild.has(file) && { style: true as const }),
          message: "`which` is missing from minimal systems",
          help: "use `command -v`",
          location: file.at(word),
          ...(direct && { fix: replacement("use command -v", isProgram(file, args[0]), file.at(word), "command -v") }),
        };
      }
    }
  },
});

/** Of a builtin, a function or a name that is not known here `command -v` says something else than `which`. */
function isProgram({ shell }: ScriptFile, word: Word | undefined): boolean {
  const name = word?.literal;
  if (name === undefined || shell.dynamic || shell.functions.some((made) => made.name === name)) return false;
  return !/^(\[|echo|false|getopts|kill|printf|pwd|test|time|true|type|ulimit|umask|wait)$/.test(name);
}
