import type { HostPhaseName, PhaseName } from "../phases.js";
import type { Refusal } from "./refusal.js";
import type { HostOnlyVariable } from "./standard-variables.js";

// A rule maps what the author wrote to itself when it is right, and otherwise to a sentence that says what is wrong.
// The compiler then reports: Type '"50.sh"' is not assignable to type '"run-parts skips …"'.

type Digit = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9;
type Upper<S extends string> = Uppercase<S>;
type Lower =
  "a" | "b" | "c" | "d" | "e" | "f" | "g" | "h" | "i" | "j" | "k" | "l" | "m" |
  "n" | "o" | "p" | "q" | "r" | "s" | "t" | "u" | "v" | "w" | "x" | "y" | "z"; // biome-ignore format: an alphabet
type NameCharacter = Lower | Upper<Lower> | `${Digit}` | "-" | "_";

/** The first character of `S` that is not in `Allowed`; never when all are. */
type FirstOutside<S extends string, Allowed extends string> = S extends `${infer C}${infer Rest}`
  ? C extends Allowed
    ? FirstOutside<Rest, Allowed>
    : C
  : never;

/** A number from 0 to 99; a number the compiler does not know is checked when the module runs. */
export type Priority<N extends number> = number extends N
  ? N
  : `${N}` extends `${Digit}` | `${Digit}${Digit}`
    ? N
    : `priority ${N} is outside 0 to 99`;

/** A hook script's name after its priority: letters, digits, "-" and "_". */
export type ScriptName<S extends string> = string extends S
  ? S
  : S extends ""
    ? Refusal<"a script needs a name">
    : [FirstOutside<S, NameCharacter>] extends [never]
      ? S
      : S extends `${infer Stem}.sh`
        ? Refusal<`run-parts silently skips ${S}: name it ${Stem}, scripts have no suffix`>
        : Refusal<`run-parts silently skips ${S} because of ${FirstOutside<S, NameCharacter>}: use letters, digits, - and _`>;

/** The name of a file in environment.d, which may have dots. */
export type EnvironmentFileName<S extends string> = string extends S
  ? S
  : S extends ""
    ? Refusal<"an environment file needs a name">
    : [FirstOutside<S, NameCharacter | ".">] extends [never]
      ? S
      : Refusal<`run-parts silently skips ${S} because of ${FirstOutside<S, NameCharacter | ".">}: use letters, digits, -, _ and .`>;

/** A phase directory by its name. */
export type KnownPhase<P extends string> = string extends P
  ? P
  : P extends ""
    ? PhaseName
    : P extends PhaseName
      ? P
      : `${P}.d` extends PhaseName
        ? Refusal<`${P} is not a phase: write ${P}.d`>
        : Refusal<`${P} is not a phase: use root.d, extra-data.d, pre-install.d, install.d, post-install.d, post-root.d, block-device.d, pre-finalise.d, finalise.d or cleanup.d`>;

/** The declared inputs of a script of phase `P`. */
export type InputsFor<P extends string, I extends readonly string[]> = P extends HostPhaseName
  ? I
  : {
      readonly [K in keyof I]: I[K] extends HostOnlyVariable
        ? Refusal<`${I[K]} is a path of the build host, and ${P} scripts run inside the image`>
        : I[K];
    };
