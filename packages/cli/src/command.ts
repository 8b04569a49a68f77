import type { Terminal } from "./terminal.js";

/** What a command tells the shell: 0 fine, 1 findings, 2 usage or configuration, 3 build failed, 130 interrupted. */
export type ExitCode = 0 | 1 | 2 | 3 | 130;

/** A positional argument. Only the last one may be `variadic`. */
export interface ArgumentSpec {
  /** Upper-case placeholder shown in help, such as `ELEMENT`; it is also the key of the parsed value. */
  readonly name: string;
  readonly summary: string;
  readonly required?: boolean;
  readonly variadic?: boolean;
  readonly choices?: readonly string[];
}

interface OptionBase {
  readonly summary: string;
  /** One letter, without the dash. */
  readonly short?: string;
  /** Accepted, but left out of help and reference. */
  readonly hidden?: boolean;
}

/** Present or not. */
export interface FlagSpec extends OptionBase {
  readonly type: "boolean";
}

/** How often it was given, such as `-x -x`. */
export interface CountSpec extends OptionBase {
  readonly type: "count";
}

export interface StringOptionSpec extends OptionBase {
  readonly type: "string";
  /** Upper-case placeholder shown in help, such as `DIR`. */
  readonly value: string;
  readonly choices?: readonly string[];
  readonly default?: string;
  /** The value when none follows: `--changed` and `--changed REF`. Commander then shows it in brackets. */
  readonly implied?: string;
  /** May be given several times; the parsed value is then an array, empty when never given. */
  readonly repeatable?: boolean;
}

export interface NumberOptionSpec extends OptionBase {
  readonly type: "number";
  readonly value: string;
  /** Whole numbers only. */
  readonly integer?: boolean;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly default?: number;
}

/**
 * An option, keyed by its camelCase name: `elementsPath` is `--elements-path`. A key that begins with `no`
 * (`noTmpfs` is `--no-tmpfs`) is an ordinary boolean, true when given.
 */
export type OptionSpec = FlagSpec | CountSpec | StringOptionSpec | NumberOptionSpec;

type ArgumentValue<A extends ArgumentSpec> = A extends { readonly variadic: true }
  ? readonly string[]
  : A extends { readonly required: true; readonly choices: readonly (infer C)[] }
    ? C
    : A extends { readonly required: true }
      ? string
      : A extends { readonly choices: readonly (infer C)[] }
        ? C | undefined
        : string | undefined;

export type ArgumentsOf<A extends readonly ArgumentSpec[]> = {
  readonly [K in A[number] as K["name"]]: ArgumentValue<K>;
};

type Scalar<O> = O extends { readonly type: "number" }
  ? number
  : O extends { readonly choices: readonly (infer C)[] }
    ? C
    : string;

type OptionValue<O extends OptionSpec> = O extends { readonly type: "boolean" }
  ? boolean
  : O extends { readonly type: "count" }
    ? number
    : O extends { readonly repeatable: true }
      ? readonly Scalar<O>[]
      : O extends { readonly default: string | number }
        ? Scalar<O>
        : Scalar<O> | undefined;

export type OptionsOf<O extends Readonly<Record<string, OptionSpec>>> = { readonly [K in keyof O]: OptionValue<O[K]> };

/** A command of the help's "Examples", with what it does. One that is long continues after `\` on another line. */
export interface CommandExample {
  readonly command: string;
  readonly does: string;
}

export interface CommandInput<
  A extends readonly ArgumentSpec[] = readonly ArgumentSpec[],
  O extends Readonly<Record<string, OptionSpec>> = Readonly<Record<string, OptionSpec>>,
> {
  readonly arguments: ArgumentsOf<A>;
  readonly options: OptionsOf<O>;
}

/** What people are about when they want a command; `dibkit --help` and the reference show them so. */
export const COMMAND_GROUPS = {
  author: "Write elements",
  check: "Check them",
  build: "Build images",
  inspect: "Look into images",
  ship: "Boot and publish them",
} as const;

export type CommandGroup = keyof typeof COMMAND_GROUPS;

export interface Command<
  A extends readonly ArgumentSpec[] = readonly ArgumentSpec[],
  O extends Readonly<Record<string, OptionSpec>> = Readonly<Record<string, OptionSpec>>,
> {
  /** The word after `dibkit`; also the name of the file in `commands/`. */
  readonly name: string;
  readonly group: CommandGroup;
  /** One imperative phrase without a full stop. */
  readonly summary: string;
  /** Paragraphs for `--help` and the reference page. */
  readonly description?: string;
  readonly arguments?: A;
  readonly options?: O;
  readonly examples: readonly CommandExample[];
  /**
   * Why it runs in a user namespace when an ordinary user starts it: it mounts and makes files of other owners (`build`),
   * or it reads and removes files that such a build left (`layers`).
   */
  readonly namespace?: "build" | "layers";
  /**
   * Results go to `terminal.stdout`, progress and trouble to `terminal.stderr`. What the operating system refuses may be
   * thrown on: it is told with the option that gives another path. Any other throw is a bug in dibkit.
   */
  run(input: CommandInput<A, O>, terminal: Terminal): Promise<ExitCode> | ExitCode;
}

/** A command with its argument and option types erased, as the table of commands holds it. */
export interface AnyCommand extends Omit<Command, "run"> {
  run(
    input: {
      readonly arguments: Readonly<Record<string, unknown>>;
      readonly options: Readonly<Record<string, unknown>>;
    },
    terminal: Terminal,
  ): Promise<ExitCode> | ExitCode;
}

/** A line of the generated table of commands: enough for `dibkit --help`, the rest is loaded when it is run. */
export interface CommandEntry {
  readonly name: string;
  readonly group: CommandGroup;
  readonly summary: string;
  readonly load: () => Promise<{ readonly default: AnyCommand }>;
}

/**
 * Declares a command. Heavy modules (typescript, ts-morph, the dibkit packages) are imported inside `run`, so that
 * help and reference cost nothing.
 */
export function defineCommand<
  const A extends readonly ArgumentSpec[] = readonly [],
  const O extends Readonly<Record<string, OptionSpec>> = Readonly<Record<never, never>>,
>(command: Command<A, O>): AnyCommand {
  return command as unknown as AnyCommand;
}

/** `elementsPath` → `--elements-path`. */
export function optionFlag(key: string): string {
  return `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
