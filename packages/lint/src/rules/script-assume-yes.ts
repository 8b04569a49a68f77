import { effectiveCommand, type Word } from "@dibkit/shell";
import { defineRule } from "../rule.js";

interface Asking {
  /** Words that change the system. */
  readonly verbs: RegExp;
  /** Options that answer. */
  readonly answers: RegExp;
  readonly help: string;
}

const APT: Asking = {
  verbs: /^(install|remove|purge|upgrade|full-upgrade|dist-upgrade|autoremove|build-dep|reinstall)$/,
  answers:
    /^(-[a-zA-Z]*y[a-zA-Z]*|--yes|--assume-yes|-[a-zA-Z]*q=2|-qq+|--assume-no|--dry-run|-s|--simulate|--download-only|-d|--print-uris)$/,
  help: "add -y",
};
const RPM: Asking = {
  verbs:
    /^(install|localinstall|groupinstall|group|reinstall|remove|erase|autoremove|update|upgrade|upgrade-minimal|update-minimal|downgrade|distro-sync|swap|builddep|module)$/,
  answers: /^(-[a-zA-Z]*y[a-zA-Z]*|--assumeyes|--assumeno|--downloadonly|--setopt=assumeyes.*)$/,
  help: "add -y",
};

const PROGRAMS: Readonly<Record<string, Asking>> = {
  "apt-get": APT,
  apt: APT,
  aptitude: APT,
  dnf: RPM,
  "dnf-3": RPM,
  dnf5: RPM,
  yum: RPM,
  microdnf: RPM,
  "yum-builddep": { ...RPM, verbs: /./ },
  "add-apt-repository": { verbs: /./, answers: /^(-[a-zA-Z]*y[a-zA-Z]*|--yes|-h|--help|-L|--list)$/, help: "add -y" },
  "apt-add-repository": { verbs: /./, answers: /^(-[a-zA-Z]*y[a-zA-Z]*|--yes|-h|--help|-L|--list)$/, help: "add -y" },
  zypper: {
    verbs: /^(install|in|remove|rm|update|up|dist-upgrade|dup|patch|addrepo-and-refresh|source-install|si)$/,
    answers: /^(-[a-zA-Z]*[ny][a-zA-Z]*|--non-interactive|--no-confirm|--dry-run|-D|--download-only)$/,
    help: "add --non-interactive before the verb",
  },
  pacman: { verbs: /^-[SRU][a-z]*$/, answers: /^--noconfirm$/, help: "add --noconfirm" },
  pip: { verbs: /^uninstall$/, answers: /^(-y|--yes)$/, help: "add -y" },
  pip3: { verbs: /^uninstall$/, answers: /^(-y|--yes)$/, help: "add -y" },
};

export default defineRule({
  id: "script-assume-yes",
  summary: "package managers are told to ask nothing",
  why: "`apt-get install`, `dnf install` and their like ask before they change the system: a build without a terminal is aborted there, one with a terminal waits.",
  upstream: "install-packages answers by itself; package managers that a script calls do not.",
  fix: "Add `-y`, or let install-packages do it.",
  severity: "error",
  since: "0.1.0",
  examples: {
    bad: { "web/install.d/50-web": "#!/bin/bash\nset -eu\nset -o pipefail\ndnf install nginx\n" },
    good: { "web/install.d/50-web": "#!/bin/bash\nset -eu\nset -o pipefail\ndnf install -y nginx\n" },
  },
  *check({ hookScripts }) {
    for (const file of hookScripts) {
      // A configuration that the script writes may answer for all.
      if (/assume-?yes|DefaultAnswer|ZYPP_NONINTERACTIVE/i.test(file.source.text.replace(/--assume-?yes/gi, "")))
        continue;
      for (const command of file.shell.commands) {
        const { name, args, word } = effectiveCommand(command);
        const asking = name !== undefined && Object.hasOwn(PROGRAMS, name) ? PROGRAMS[name] : undefined;
        if (asking === undefined || word === undefined || isAnswered(file.shell.pipelines, command.start)) continue;
        const verb = verbOf(args, asking);
        if (verb === undefined || args.some((arg) => isAnswer(arg, asking))) continue;
        // `dnf module list` and `dnf group info` change nothing.
        if (
          /^(module|group)$/.test(verb.literal ?? "") &&
          !args.some(({ literal }) => /^(install|enable|disable|reset|remove|switch-to|upgrade)$/.test(literal ?? ""))
        )
          continue;
        yield {
          message: `\`${name}${asking.verbs.source === "." ? "" : ` ${verb.literal}`}\` asks before it goes on, and nobody answers`,
          help: asking.help,
          location: file.at(word),
        };
      }
    }
  },
});

function verbOf(args: readonly Word[], { verbs }: Asking): Word | undefined {
  const operands = args.filter((arg) => verbs.source.startsWith("^-") || !arg.prefix.startsWith("-"));
  const [first] = operands;
  // Options with a value of their own come before the verb too.
  return operands.find((arg) => verbs.test(arg.literal ?? "")) ?? (verbs.source === "." ? first : undefined);
}

/** What answers, or an option that only the build knows. */
function isAnswer(arg: Word, { answers }: Asking): boolean {
  if (arg.literal !== undefined) return answers.test(arg.literal);
  return (
    arg.prefix.startsWith("-") ||
    (arg.prefix === "" && arg.variables.some((name) => /OPT|ARG|FLAG|YES|PARAM|EXTRA/i.test(name)))
  );
}

/** `yes | apt-get install x`: it is not the first of a pipeline. */
function isAnswered(
  pipelines: readonly { readonly stages: readonly { readonly start: number; readonly end: number }[] }[],
  at: number,
): boolean {
  return pipelines.some(({ stages }) => stages.slice(1).some(({ start, end }) => start <= at && at < end));
}
