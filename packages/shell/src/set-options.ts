import type { Command, SetOption } from "./shell-script.js";

const LONG_NAME: Readonly<Record<string, string>> = {
  a: "allexport",
  b: "notify",
  e: "errexit",
  f: "noglob",
  n: "noexec",
  u: "nounset",
  v: "verbose",
  x: "xtrace",
  C: "noclobber",
  E: "errtrace",
  T: "functrace",
};

/** Options a `set` command changes: `set -eu -o pipefail` gives three. */
export function setOptions(command: Command): SetOption[] {
  const options: SetOption[] = [];
  const { args, context } = command;
  for (let at = 0; at < args.length; at += 1) {
    const word = args[at];
    const flags = word?.literal;
    if (word === undefined || flags === undefined || !/^[-+][A-Za-z]+$/.test(flags)) break;
    const on = flags.startsWith("-");
    for (const letter of flags.slice(1)) {
      if (letter !== "o") {
        options.push({ option: LONG_NAME[letter] ?? letter, on, start: word.start, end: word.end, context });
        continue;
      }
      const value = args[at + 1];
      if (value?.literal === undefined) continue;
      options.push({ option: value.literal, on, start: word.start, end: value.end, context });
      at += 1;
    }
  }
  return options;
}
