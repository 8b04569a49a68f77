import { type Command, effectiveCommand } from "@dibkit/shell";
import { defineRule } from "../rule.js";
import type { ScriptFile } from "../script-file.js";
import { shellFiles } from "../shell-files.js";

/** Programs that may print more than fits into a pipe. */
const LONG = new Set(
  "sort find tar rpm dpkg dpkg-query dpkg-deb curl wget zcat xzcat bzcat gunzip unzip yes strings journalctl apt-cache apt dnf yum zypper repoquery git seq openssl cat base64 tr xxd hexdump pip pip3".split(
    " ",
  ),
);

export default defineRule({
  id: "script-pipe-head",
  summary: "the reader of a pipe does not leave before the writer is done",
  why: "`head` and `grep -q` close the pipe when they have what they want. A program that still writes is ended by a signal, and with `set -o pipefail` that is a failure: the build breaks now and then, or a test says no although there was a match.",
  upstream: "Scripts of elements have `set -o pipefail`.",
  fix: "Read all of it: `sed -n 1p` or `awk 'NR == 1'` in place of `head -1`, `grep x > /dev/null` in place of `grep -q x`.",
  severity: "warning",
  since: "0.1.0",
  examples: {
    bad: {
      "web/install.d/50-web":
        "#!/bin/bash\nset -eu\nset -o pipefail\nNEWEST=$(find /srv -name 'web-*' | sort -r | head -1)\n",
    },
    good: {
      "web/install.d/50-web":
        "#!/bin/bash\nset -eu\nset -o pipefail\nNEWEST=$(find /srv -name 'web-*' | sort -r | sed -n 1p)\n",
    },
  },
  *check(context) {
    for (const file of shellFiles(context)) {
      const { options, pipelines } = file.shell;
      if (!options.some(({ option, on }) => option === "pipefail" && on)) continue;
      for (const pipeline of pipelines) {
        const written = file.source.text.slice(pipeline.start, pipeline.end);
        const stages = pipeline.stages.map((stage) => commandIn(file, stage));
        for (const [index, reader] of stages.entries()) {
          const writer = index === 0 ? undefined : stages[index - 1];
          if (reader === undefined || writer === undefined || !leavesEarly(reader, file)) continue;
          const { name, args } = effectiveCommand(writer);
          if (
            name === undefined ||
            !LONG.has(name) ||
            isShort(
              name,
              args.map(({ literal }) => literal ?? "?"),
              written,
            )
          )
            continue;
          // `… | head -1 || true` has thought of it.
          const after = file.source.text.slice(pipeline.end).replace(/^["')\s]*?[ \t]*/, "");
          if (after.startsWith("||")) continue;
          yield {
            message: `\`${name}\` is ended by a signal when \`${effectiveCommand(reader).name}\` has enough, which \`set -o pipefail\` counts as a failure`,
            help: "let the last command read everything",
            location: file.at(pipeline),
          };
          break;
        }
      }
    }
  },
});

function commandIn(file: ScriptFile, stage: { readonly start: number; readonly end: number }): Command | undefined {
  return file.shell.commands.find(({ start, end }) => start >= stage.start && end <= stage.end);
}

function leavesEarly(command: Command, file: ScriptFile): boolean {
  const { name, args } = effectiveCommand(command);
  const options = args.map(({ literal }) => literal ?? "");
  if (name === "head") return !options.some((option) => /^(-n|-c)?-\d/.test(option) && /^-[nc]-/.test(option));
  if (name === "grep" || name === "egrep" || name === "fgrep")
    return options.some((option) => /^-[a-zA-Z]*[qm]/.test(option) || /^--(quiet|silent|max-count)/.test(option));
  const program = args.map(({ start, end }) => file.source.text.slice(start, end)).join(" ");
  if (name === "sed") return /['"; ]\d*q\b/.test(program);
  return (name === "awk" || name === "gawk") && /\bexit\b/.test(program);
}

/** What prints a few lines only. */
function isShort(name: string, args: readonly string[], pipeline: string): boolean {
  const words = args.join(" ");
  // These print what they are given: endless only when that is.
  if (/^(cat|tr|base64|xxd|hexdump|strings)$/.test(name)) return !/random|\/dev\/(zero|[sv]d)/.test(pipeline);
  if (name === "rpm") return !/-[a-zA-Z]*q[a-zA-Z]*a|-[a-zA-Z]*a[a-zA-Z]*q|-[a-zA-Z]*q[a-zA-Z]*l|-ql/.test(words);
  if (name === "dpkg") return !/^(-l|--list|-L|--get-selections|-c|--contents)/.test(words);
  if (name === "git") return !/^(log|ls-files|ls-tree|ls-remote|rev-list|tag|diff|grep)\b/.test(words);
  if (name === "openssl") return !/^rand\b/.test(words);
  if (name === "pip" || name === "pip3") return !/^(list|freeze)/.test(words);
  if (name === "dpkg-deb") return !/-c|--contents|--fsys-tarfile/.test(words);
  return false;
}
