import type { Command, Word } from "./shell-script.js";

/** A command without what only wraps it: for `sudo -E env A=b chroot $D apt-get install x`, `apt-get install x`. */
export interface EffectiveCommand {
  readonly name: string | undefined;
  readonly word: Word | undefined;
  readonly args: readonly Word[];
  /** Wrappers taken off, outermost first, e.g. `["sudo", "env", "chroot"]`. */
  readonly through: readonly string[];
}

/** Options that take a separate value, and operands that come before the wrapped command. */
const WRAPPERS: Readonly<Record<string, { readonly valued: readonly string[]; readonly operands: number }>> = {
  sudo: { valued: ["-u", "-g", "-h", "-p", "-C", "-r", "-t", "-U", "-D", "-T", "-R"], operands: 0 },
  env: { valued: ["-u", "-C", "-S"], operands: 0 },
  chroot: { valued: [], operands: 1 },
  timeout: { valued: ["-k", "-s"], operands: 1 },
  nice: { valued: ["-n"], operands: 0 },
  ionice: { valued: ["-c", "-n"], operands: 0 },
  xargs: { valued: ["-I", "-n", "-P", "-L", "-d", "-a", "-s", "-E"], operands: 0 },
  flock: { valued: ["-w", "-E"], operands: 1 },
  unshare: { valued: [], operands: 0 },
  exec: { valued: ["-a"], operands: 0 },
  command: { valued: [], operands: 0 },
  builtin: { valued: [], operands: 0 },
  nohup: { valued: [], operands: 0 },
  time: { valued: ["-f", "-o"], operands: 0 },
  stdbuf: { valued: ["-i", "-o", "-e"], operands: 0 },
};

// No one writes more; each costs a copy of the words that follow it.
const MOST_WRAPPERS = 20;

// A dozen rules ask the same of every command.
const effective = new WeakMap<Command, EffectiveCommand>();

export function effectiveCommand(command: Command): EffectiveCommand {
  const known = effective.get(command);
  if (known) return known;
  const found = unwrapped(command);
  effective.set(command, found);
  return found;
}

function unwrapped(command: Command): EffectiveCommand {
  let word = command.name;
  let rest = command.args;
  const through: string[] = [];
  for (;;) {
    const name = word?.literal;
    const wrapper = name === undefined || !Object.hasOwn(WRAPPERS, name) ? undefined : WRAPPERS[name];
    // `command -v x` asks, it does not run.
    const asks = name === "command" && /^-[vV]/.test(rest[0]?.literal ?? "");
    if (wrapper === undefined || asks || through.length === MOST_WRAPPERS) return { name, word, args: rest, through };
    const inner = innerCommand(rest, wrapper);
    if (inner.length === 0) return { name, word, args: rest, through };
    through.push(name as string);
    word = inner[0];
    rest = inner.slice(1);
  }
}

function innerCommand(
  args: readonly Word[],
  wrapper: { readonly valued: readonly string[]; readonly operands: number },
): readonly Word[] {
  let operands = wrapper.operands;
  for (let at = 0; at < args.length; at += 1) {
    const word = args[at] as Word;
    if (word.prefix.startsWith("-")) {
      if (takesValue(word.literal ?? "", wrapper.valued)) at += 1;
    } else if (operands > 0) operands -= 1;
    else if (!/^[A-Za-z_]\w*=/.test(word.prefix)) return args.slice(at);
  }
  return [];
}

/** `-u`, or letters of which the last is one that takes a value: `-Hiu`. */
function takesValue(option: string, valued: readonly string[]): boolean {
  return valued.includes(option) || (/^-[A-Za-z]{2,}$/.test(option) && valued.includes(`-${option.at(-1)}`));
}
