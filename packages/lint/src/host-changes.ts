import { type Command, type EffectiveCommand, effectiveCommand, type Word } from "@dibkit/shell";

/** Commands that change what their operands name; `last` when only the last one is changed. */
const WRITERS: Readonly<Record<string, "all" | "last">> = {
  rm: "all",
  rmdir: "all",
  mkdir: "all",
  touch: "all",
  chmod: "all",
  chown: "all",
  tee: "all",
  truncate: "all",
  cp: "last",
  mv: "last",
  ln: "last",
  install: "last",
  rsync: "last",
};

/** Options that take the next word as their value, which is then no operand. */
const VALUED =
  /^(-[a-zA-Z]*[mogStbT]|--(mode|owner|group|suffix|backup|target-directory|reference|exclude|include|filter|exclude-from|include-from|files-from|rsh|chown|chmod|info|link-dest|compare-dest|size))$/;

/** Places a host-phase script may write to: devices, and what holds nothing of the system. */
const HARMLESS = /^\/(dev|proc|sys|tmp(\/[^*]|$)|var\/tmp(\/[^*]|$)|run\/lock)/;

/** Words of a command that name something of the build host which the command changes. */
export function changedOnHost(command: Command): readonly Word[] {
  const { name, args, through } = effectiveCommand(command);
  const writes = name !== undefined && Object.hasOwn(WRITERS, name) ? WRITERS[name] : undefined;
  if (writes === undefined || through.includes("chroot")) return [];
  const destination = targetDirectory(name as string, args);
  if (destination !== undefined) return isOfHost(destination) ? [destination] : [];
  const operands = operandsOf(name as string, args);
  // `ln -s TARGET` makes a link in the working directory.
  const changed = writes === "all" ? operands : operands.length > 1 ? operands.slice(-1) : [];
  return changed.filter(isOfHost);
}

export function isOfHost(word: Word): boolean {
  return /^\/[A-Za-z]/.test(word.prefix) && !HARMLESS.test(word.prefix);
}

function targetDirectory(name: string, args: readonly Word[]): Word | undefined {
  if (!["cp", "mv", "ln", "install"].includes(name)) return undefined;
  const at = args.findIndex((arg) => /^(-[a-zA-Z]*t|--target-directory)$/.test(arg.literal ?? ""));
  if (at !== -1) return args[at + 1];
  const joined = args.find((arg) => arg.prefix.startsWith("--target-directory="));
  return joined && { ...joined, prefix: joined.prefix.slice("--target-directory=".length) };
}

function operandsOf(name: string, args: readonly Word[]): readonly Word[] {
  const operands: Word[] = [];
  for (let at = 0; at < args.length; at += 1) {
    const word = args[at] as Word;
    if (!word.prefix.startsWith("-")) operands.push(word);
    else if (isValued(name, word.literal ?? "")) at += 1;
  }
  return operands;
}

/** Short options mean other things to other commands: only those of `install` and `mkdir -m` take a value here. */
function isValued(name: string, option: string): boolean {
  if (option.startsWith("--")) return VALUED.test(option);
  if (name === "install") return /^-[a-zA-Z]*[mogS]$/.test(option);
  if (name === "mkdir") return /^-[a-zA-Z]*m$/.test(option);
  if (name === "rsync") return /^-[a-zA-Z]*[efMB]$/.test(option);
  return name === "truncate" && /^-[a-z]*[sr]$/.test(option);
}

/** Package managers and the words with which they change the system. */
const MANAGERS: Readonly<Record<string, RegExp>> = {
  "apt-get": /^(install|remove|purge|upgrade|dist-upgrade|autoremove)$/,
  apt: /^(install|remove|purge|upgrade|full-upgrade|autoremove)$/,
  dpkg: /^(-i|--install|-r|--remove|-P|--purge)$/,
  yum: /^(install|remove|erase|update|upgrade)$/,
  dnf: /^(install|remove|erase|update|upgrade)$/,
  zypper: /^(install|in|remove|rm|update|up)$/,
  pip: /^(install|uninstall)$/,
  pip3: /^(install|uninstall)$/,
};
const ELSEWHERE =
  /^(--root|--installroot|--instdir|--target|--prefix|-R$|-t$|--user|--download-only|--downloadonly|-d$|--dry-run|--simulate|-s$|--print-uris|-o$|-c$|--config)/;

/** What a package manager changes on the build host: its name and verb; undefined when it changes nothing there. */
export function packagesOnHost(
  command: EffectiveCommand,
): { readonly name: string; readonly verb: string } | undefined {
  const { name, args, through } = command;
  const verbs = name !== undefined && Object.hasOwn(MANAGERS, name) ? MANAGERS[name] : undefined;
  if (name === undefined || verbs === undefined || through.includes("chroot")) return undefined;
  const verb = args.find((arg) => verbs.test(arg.literal ?? ""))?.literal;
  // Options that come from a variable may name a root.
  const elsewhere = args.some((arg) => ELSEWHERE.test(arg.prefix) || (arg.prefix === "" && arg.variables.length > 0));
  return verb === undefined || elsewhere ? undefined : { name, verb };
}
