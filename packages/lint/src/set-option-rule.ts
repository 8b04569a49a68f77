import { type Command, effectiveCommand } from "@dibkit/shell";
import type { ElementContext } from "./element-context.js";
import { isOptionSet, type ShellOption } from "./is-option-set.js";
import { defineRule, type ElementRule, type Finding } from "./rule.js";
import type { ScriptFile } from "./script-file.js";
import { listedCommands } from "./words.js";

const COMMANDS: Readonly<Record<ShellOption, string>> = {
  errexit: "set -e",
  nounset: "set -u",
  pipefail: "set -o pipefail",
};
const OPTIONS = Object.keys(COMMANDS) as readonly ShellOption[];

/** The rules that want `set -e`, `set -u` and `set -o pipefail` differ in words only. */
export function setOptionRule(
  option: ShellOption,
  texts: Omit<ElementRule, "kind" | "check" | "severity" | "since" | "examples" | "upstream" | "fix" | "summary">,
): ElementRule {
  const command = COMMANDS[option];
  const others = OPTIONS.filter((other) => other !== option).map((other) => `${COMMANDS[other]}\n`);
  const script = 'rm -r /srv/web\ncurl "$DIB_WEB_URL" | tar -x -C /srv\nsystemctl enable web\n';
  return defineRule({
    ...texts,
    summary: `hook scripts in bash ${command} where it makes a difference`,
    upstream: `dib-lint wants a line that begins with \`${command}\` in every file whose first line is #!/bin/bash; presets upstream and all do too.`,
    fix: `Add \`${command}\` near the top of the script, and look at what it then stops at.`,
    severity: "warning",
    since: "0.1.0",
    examples: {
      bad: { "web/install.d/50-web": `#!/bin/bash\n${others.join("")}${script}` },
      good: {
        "web/install.d/50-web": `#!/bin/bash\nset -eu\nset -o pipefail\n${script}`,
        "web/static/usr/local/bin/web": `#!/bin/bash\n${script}`,
      },
    },
    check: (context) => check(context, option),
  });
}

/** Hook scripts get one finding for all that is missing, by the first rule it concerns. */
function* check({ hookScripts, shellScripts }: ElementContext, option: ShellOption): Generator<Finding> {
  const hooks = new Set(hookScripts);
  for (const file of new Set([...shellScripts, ...hookScripts])) {
    // A hook script without a first line is run by bash.
    if ((file.language ?? "bash") !== "bash" || isOptionSet(file.shell, option) || file.shebang?.endsWith("\r"))
      continue;
    const location = file.at({ start: 0, end: file.shebang?.length ?? 0 });
    const missing = hooks.has(file)
      ? OPTIONS.filter((other) => !isOptionSet(file.shell, other) && LOSES[other](file))
      : [];
    if (missing[0] !== option) {
      const help = `add \`${COMMANDS[option]}\` near the top`;
      yield { style: true, message: `${file.path} does not \`${COMMANDS[option]}\``, help, location };
      continue;
    }
    const commands = missing.map((other) => COMMANDS[other]);
    yield {
      // A variable that is not set is mostly one that a README speaks of.
      ...(missing.every((other) => other === "nounset") && { severity: "info" as const }),
      message: `${file.path} does not ${listedCommands(commands)}, so the build goes on when ${missing.map((other) => EFFECTS[other]).join(", or ")}`,
      help: `add ${listedCommands(commands)} near the top`,
      location,
    };
  }
}

const EFFECTS: Readonly<Record<ShellOption, string>> = {
  errexit: "a command fails",
  nounset: "a variable is not set",
  pipefail: "what feeds a pipe fails",
};

/** Whether something goes unnoticed without the option. */
const LOSES: Readonly<Record<ShellOption, (file: ScriptFile) => boolean>> = {
  // The status of the last command is that of the script.
  errexit: ({ shell }) => {
    const last = shell.commands.reduce((latest, { start }) => Math.max(latest, start), 0);
    return shell.commands.some((command) => command.start < last && !command.context.tested && mayFail(command));
  },
  nounset: ({ shell }) => {
    const own = new Set(shell.assignments.map(({ name }) => name));
    return shell.reads.some(({ name, kind }) => kind === "plain" && /^[A-Z_]/.test(name) && !own.has(name));
  },
  pipefail: ({ shell, source }) => {
    const commands = [...shell.commands].sort((a, b) => a.start - b.start);
    return commands.some((command, index) => {
      const next = commands[index + 1];
      if (next === undefined || !mayFail(command)) return false;
      const between = source.text.slice(command.end, next.start);
      return /^[^|);\n]*\|&?[\s\\]*((while|until|if|[{(!])\s*)*$/.test(between);
    });
  },
};

const NEVER_FAILING =
  /^(:|cat|declare|echo|exit|export|false|grep|local|printf|pwd|readonly|return|set|shift|shopt|test|trap|true|unset|\[|\[\[)$/;

/** `grep` says by its status whether it found something. */
function mayFail(command: Command): boolean {
  const { name } = effectiveCommand(command);
  return command.name !== undefined && !NEVER_FAILING.test(name ?? "");
}
