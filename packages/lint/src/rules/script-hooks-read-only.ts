import { effectiveCommand, type Word } from "@dibkit/shell";
import { defineRule } from "../rule.js";

const HOOKS = /^\/tmp\/in_target\.d(\/|$)/;
const ALL = new Set(["mkdir", "touch", "rm", "rmdir", "chmod", "chown", "tee", "truncate", "mktemp"]);
const LAST = new Set(["cp", "mv", "ln", "install", "rsync", "virtualenv", "unzip"]);
/** Options after which a program puts files. */
const INTO = /^(-C|-d|-o|-O|-t|-P|--directory|--output|--output-document|--target-directory|--target|--prefix)$/;

export default defineRule({
  id: "script-hooks-read-only",
  summary: "scripts in the image write nothing into the hooks directory",
  why: "/tmp/in_target.d is mounted read-only while scripts run in the image, and gone afterwards.",
  upstream: "disk-image-create binds the hooks directory to /tmp/in_target.d and remounts it read-only.",
  fix: "Write to /tmp or where the file belongs; what host phases prepare goes to $TMP_HOOKS_PATH in extra-data.d.",
  severity: "error",
  since: "0.1.0",
  examples: {
    bad: {
      "web/install.d/50-web": "#!/bin/bash\nset -eu\nset -o pipefail\necho ready > /tmp/in_target.d/state\n",
    },
    good: { "web/install.d/50-web": "#!/bin/bash\nset -eu\nset -o pipefail\necho ready > /run/state\n" },
  },
  *check({ hookScripts }) {
    for (const file of hookScripts) {
      if (file.phase?.side !== "target") continue;
      const { commands, redirects } = file.shell;
      const written = [
        ...redirects.filter(({ operator }) => /^(&?>>?\|?|>\|)$/.test(operator)).map(({ target }) => target),
        ...commands.flatMap((command) => {
          const { name, args } = effectiveCommand(command);
          return name === undefined || command.context.tested ? [] : targets(name.replace(/^.*\//, ""), args);
        }),
      ];
      for (const word of written) {
        const path = resolved(word, file.shell.assignments);
        if (path === undefined || !HOOKS.test(path)) continue;
        yield {
          message: `"${path}" lies in the hooks directory, which is mounted read-only in the image`,
          help: "write somewhere else, such as /tmp",
          location: file.at(word),
        };
      }
    }
  },
});

/** Words that name what a command makes or changes. */
function targets(name: string, args: readonly Word[]): readonly Word[] {
  const operands = args.filter((arg) => !arg.prefix.startsWith("-"));
  if (ALL.has(name)) return name === "chmod" || name === "chown" ? operands.slice(1) : operands;
  if (name === "mv") return operands;
  if (LAST.has(name)) return operands.slice(-1);
  if (name === "sed") return args.some((arg) => /^(-[a-zA-Z]*i|--in-place)/.test(arg.prefix)) ? operands.slice(1) : [];
  if (/^python[0-9.]*$/.test(name)) {
    const module = args.findIndex((arg) => arg.literal === "-m");
    return module !== -1 && /^(venv|virtualenv)$/.test(args[module + 1]?.literal ?? "") ? operands.slice(-1) : [];
  }
  if (name === "git") return operands[0]?.literal === "clone" ? operands.slice(2) : [];
  if (/^(tar|curl|wget|pip|pip3|unzip|make)$/.test(name)) {
    if (name === "tar" && !args.some((arg) => /^(-?[a-zA-Z]*x|--extract)/.test(arg.prefix))) return [];
    return args.filter((_, index) => INTO.test(args[index - 1]?.literal ?? ""));
  }
  return [];
}

/** The path of a word: as written, or that of a variable which is set once, to a literal. */
function resolved(
  word: Word,
  assignments: readonly { readonly name: string; readonly value: Word | undefined }[],
): string | undefined {
  if (word.prefix !== "" || word.literal !== undefined) return word.literal ?? word.prefix;
  const [name] = word.variables;
  const made = assignments.filter((one) => one.name === name);
  return made.length === 1 ? made[0]?.value?.literal : undefined;
}
