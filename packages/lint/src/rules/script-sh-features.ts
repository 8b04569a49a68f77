import type { ShellScript } from "@dibkit/shell";
import { defineRule } from "../rule.js";
import type { ScriptFile } from "../script-file.js";

interface Feature {
  readonly start: number;
  readonly end: number;
  readonly what: string;
}

export default defineRule({
  id: "script-sh-features",
  summary: "scripts for sh use nothing that only bash has",
  why: "On Debian and Ubuntu /bin/sh is dash: it ends at `set -o pipefail`, and takes `[[` for a command that does not exist, so that a condition is never true.",
  upstream: "Scripts are run by their first line.",
  fix: "Make #!/bin/bash the first line.",
  severity: "error",
  since: "0.1.0",
  examples: {
    bad: { "web/install.d/50-web": "#!/bin/sh\nset -eu\nset -o pipefail\nuptime\n" },
    good: { "web/install.d/50-web": "#!/bin/bash\nset -eu\nset -o pipefail\nuptime\n" },
  },
  *check({ shellScripts }) {
    for (const file of shellScripts) {
      if (file.language !== "sh" || file.shell.problems.length > 0) continue;
      const features = featuresOf(file.shell, file).sort((a, b) => a.start - b.start);
      const [first] = features;
      if (first === undefined) continue;
      // What is run after the build may be for a system whose sh is bash.
      const atBuild = file.phase !== undefined || file.path.startsWith("bin/");
      yield {
        ...(!atBuild && { severity: "warning" as const }),
        message: `${file.path} is run by sh, which on Debian and Ubuntu does not know ${first.what}`,
        help: 'write "#!/bin/bash"',
        location: file.at(first),
      };
    }
  },
});

const COMMANDS = new Set(["source", "declare", "typeset", "pushd", "popd", "mapfile", "readarray", "shopt", "let"]);
const OPTIONS = new Set(["pipefail", "errtrace", "functrace"]);

function featuresOf(shell: ShellScript, file: ScriptFile): Feature[] {
  const { text } = file.source;
  const unguarded = (start: number, end: number) => {
    const line = text.slice(text.lastIndexOf("\n", start) + 1, text.indexOf("\n", end));
    return !/\|\||2>\s*\/dev\/null|BASH/.test(line);
  };
  return [
    ...shell.options
      .filter(({ option, on, start, end }) => on && OPTIONS.has(option) && unguarded(start, end))
      .map(({ start, end, option }) => ({ start, end, what: `\`set -o ${option}\`` })),
    ...shell.tests.filter(({ kind }) => kind === "double").map(({ start, end }) => ({ start, end, what: "`[[`" })),
    ...shell.tests
      .filter(({ kind, operator }) => kind === "single" && operator === "==")
      .map(({ start, end }) => ({ start, end, what: "`==` in `[ ]`" })),
    ...shell.commands
      .filter(({ name }) => COMMANDS.has(name?.literal ?? ""))
      .map(({ name }) => ({ start: name?.start ?? 0, end: name?.end ?? 0, what: `\`${name?.literal}\`` })),
    ...shell.arithmetic.map(({ start, end }) => ({ start, end, what: "`((`" })),
    ...shell.redirects
      .filter(({ operator }) => operator === "&>" || operator === "&>>")
      .map(({ start, end, operator }) => ({ start, end, what: `\`${operator}\`` })),
    ...[...text.matchAll(/^[ \t]*function[ \t]+[\w-]+/gm)]
      .filter(({ index }) => !shell.heredocs.some((heredoc) => index >= heredoc.start && index < heredoc.end))
      .map(({ index, 0: written }) => ({ start: index, end: index + written.length, what: "`function`" })),
    ...shell.assignments
      .filter(({ value }) => value !== undefined && text[value.start] === "(")
      .map(({ start, end }) => ({ start, end, what: "arrays" })),
  ];
}
