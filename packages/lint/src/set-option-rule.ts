import { replacement } from "./edits.js";
import type { ElementContext } from "./element-context.js";
import { defineRule, type ElementRule, type Finding } from "./rule.js";
import type { ScriptFile } from "./script-file.js";

/** The rules that want `set -e`, `set -u` and `set -o pipefail` differ in words only. */
export function setOptionRule(
  option: "errexit" | "nounset" | "pipefail",
  command: string,
  texts: Omit<ElementRule, "kind" | "check" | "severity" | "since" | "examples" | "upstream" | "fix" | "summary">,
): ElementRule {
  return defineRule({
    ...texts,
    summary: `bash scripts ${command}`,
    upstream: `dib-lint wants a line that begins with \`${command}\` in every file whose first line is #!/bin/bash.`,
    fix: `Add \`${command}\` near the top of the script.`,
    severity: "warning",
    since: "0.1.0",
    examples: {
      bad: { "web/install.d/50-web": `#!/bin/bash\n${others(command)}\nuptime\n` },
      good: { "web/install.d/50-web": "#!/bin/bash\nset -eu\nset -o pipefail\nuptime\n" },
    },
    check: (context) => check(context, option, command),
  });
}

function others(command: string): string {
  return ["set -e", "set -u", "set -o pipefail"].filter((other) => other !== command).join("\n");
}

function* check(context: ElementContext, option: string, command: string): Generator<Finding> {
  for (const file of context.shellScripts) {
    if (file.language !== "bash" || isSet(file, option)) continue;
    const shebang = file.shebang?.length ?? 0;
    yield {
      message: `${file.path} does not \`${command}\``,
      help: `add \`${command}\` near the top`,
      location: file.at({ start: 0, end: shebang }),
      fix: replacement(`add ${command}`, false, file.at(insertionPoint(file)), `${command}\n`),
    };
  }
}

function isSet(file: ScriptFile, option: string): boolean {
  const { options, unread, shebang } = file.shell;
  if (unread !== undefined || options.some((set) => set.option === option && set.on)) return true;
  const flags = /\s-([a-zA-Z]+)/.exec(shebang?.text ?? "")?.[1] ?? "";
  return (option === "errexit" && flags.includes("e")) || (option === "nounset" && flags.includes("u"));
}

/** After the first line and the comments that follow it, such as a licence. */
function insertionPoint(file: ScriptFile): { start: number; end: number } {
  const { text } = file.source;
  let at = text.indexOf("\n") + 1;
  if (at === 0) return { start: text.length, end: text.length };
  while (text[at] === "#") {
    const newline = text.indexOf("\n", at);
    if (newline === -1) return { start: text.length, end: text.length };
    at = newline + 1;
  }
  return { start: at, end: at };
}
