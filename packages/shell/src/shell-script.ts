/** Offsets `[start, end)` in UTF-16 units of the script's text. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** One word of a command, as far as it is known without running anything. */
export interface Word extends Span {
  /** Value after quote removal when nothing in the word expands (globs and `~` stay as written). */
  readonly literal: string | undefined;
  /** Literal text before the first expansion; the whole literal when nothing expands. */
  readonly prefix: string;
  /** Names of the variables the word expands, in order. */
  readonly variables: readonly string[];
}

/** What a variable surely is where a command stands, because a condition around it says so. */
export interface Given {
  readonly variable: string;
  /** Patterns of which one matches: plain values, globs, or alternatives of a regular expression. */
  readonly values: readonly string[];
  /** The values are regular expressions. */
  readonly regex: boolean;
}

/** Where in the script something happens. */
export interface Context {
  /** Innermost function, e.g. `install_grub`. */
  readonly function: string | undefined;
  /** In `( … )`, `$( … )`, `<( … )` or a pipeline: assignments do not last. */
  readonly subshell: boolean;
  /** Its exit status is examined (`if`, `while`, `!`, left of `&&` or `||`), so `set -e` does not apply. */
  readonly tested: boolean;
  /** May not run at all: a branch, a loop body, right of `&&` or `||`, a function body. */
  readonly optional: boolean;
  /** Inside `$( … )` or backquotes. */
  readonly substitution: boolean;
  /** What variables surely are there, by the conditions around it. */
  readonly given: readonly Given[];
}

export interface Command extends Span {
  /** First word; undefined when it is only assignments. */
  readonly name: Word | undefined;
  readonly args: readonly Word[];
  /** Names assigned in front of it, e.g. `LC_ALL` in `LC_ALL=C sort`. */
  readonly environment: readonly string[];
  readonly context: Context;
}

/**
 * What happens when the variable is unset: `plain` fails under `set -u`, `default` is `${X:-y}`, `assign` `${X:=y}`,
 * `alternate` `${X:+y}`, `error` `${X:?y}`, `tested` is `[[ -v X ]]`, `arithmetic` counts unset as a failure too.
 */
export type ReadKind = "plain" | "default" | "assign" | "alternate" | "error" | "tested" | "arithmetic";

export interface VariableRead extends Span {
  readonly name: string;
  readonly kind: ReadKind;
  /** The word after `:-`, `:=`, `:+` or `:?`. */
  readonly fallback: Word | undefined;
  readonly context: Context;
}

export type AssignmentKind =
  | "plain"
  | "prefix"
  | "export"
  | "local"
  | "declare"
  | "readonly"
  | "read"
  | "for"
  | "mapfile"
  | "printf"
  | "getopts"
  | "default"
  | "arithmetic"
  | "unset";

export interface VariableAssignment extends Span {
  readonly name: string;
  readonly kind: AssignmentKind;
  readonly exported: boolean;
  /** `+=`. */
  readonly append: boolean;
  readonly value: Word | undefined;
  /** A command substitution is part of the value. */
  readonly substitutes: boolean;
  readonly context: Context;
}

/** `set -e`, `set +u`, `set -o pipefail`; one entry per option. */
export interface SetOption extends Span {
  /** Long name: `errexit`, `nounset`, `pipefail`, `xtrace` … or the letter itself when it has no long name here. */
  readonly option: string;
  readonly on: boolean;
  readonly context: Context;
}

export interface Redirect extends Span {
  readonly operator: string;
  readonly target: Word;
  readonly context: Context;
}

/** A here-document; the span is that of its text, without the line that ends it. */
export interface Heredoc extends Span {
  readonly delimiter: string;
  /** The delimiter is quoted, so nothing in the body expands. */
  readonly quoted: boolean;
  /** `<<EOF` itself. */
  readonly opening: Span;
  /** False when no line ends it: the text goes on to the end of the script. */
  readonly ended: boolean;
  /** The first line that would end it if it had no blanks or other characters around the delimiter. */
  readonly almost: Span | undefined;
  readonly context: Context;
}

/** One question of a test: `"$A" = b`, `-f x`, or a bare word. */
export interface Clause extends Span {
  /** `=`, `-lt`, `-f` …; empty for a bare word. */
  readonly operator: string;
  /** Undefined when the operator takes one operand. */
  readonly left: Word | undefined;
  readonly right: Word;
  readonly negated: boolean;
  /** What joins it to the clause before it. */
  readonly joint: "and" | "or" | undefined;
}

/** A question that a script asks: in `[ ]`, `[[ ]]` or `test`, or a pattern of `case`. */
export interface Test extends Clause {
  readonly kind: "single" | "double" | "case";
  readonly context: Context;
}

/** Commands joined by `|`. */
export interface Pipeline extends Span {
  readonly stages: readonly Span[];
  readonly context: Context;
}

/** `((…))` or `let …` as a statement, whose value is its exit status. */
export interface Arithmetic extends Span {
  readonly expression: string;
  readonly context: Context;
}

/** The end of a script that fails when a condition does not hold: `[ -n "$X" ] && echo`. */
export interface ConditionalEnd extends Span {
  readonly condition: Span;
}

/** A variable that is read although a branch before it leaves it unset. */
export interface BranchVariable extends Span {
  readonly name: string;
  /** The `if` or `case` that sets it in some of its branches. */
  readonly statement: Span;
  /** A branch is written down that does not set it; else only no branch is taken. */
  readonly explicit: boolean;
}

/** `[ a || b ]`: the shell ends the test at the operator. */
export interface BrokenTest extends Span {
  readonly operator: string;
}

export interface SyntaxProblem extends Span {
  readonly message: string;
}

/** What a bash script says. Offsets only: the same facts serve every file with the same text. */
export interface ShellScript {
  readonly shebang: (Span & { readonly text: string }) | undefined;
  /**
   * Where the grammar gave up. The grammar does not know all of bash, so an entry is a suspicion: ask `bash -n` before
   * calling it an error.
   */
  readonly problems: readonly SyntaxProblem[];
  /** Why the file was not analysed, when it was not. */
  readonly unread: "too-large" | "too-slow" | undefined;
  readonly commands: readonly Command[];
  readonly reads: readonly VariableRead[];
  readonly assignments: readonly VariableAssignment[];
  readonly options: readonly SetOption[];
  /** Targets of `source` and `.`. */
  readonly sources: readonly Word[];
  readonly redirects: readonly Redirect[];
  readonly heredocs: readonly Heredoc[];
  readonly tests: readonly Test[];
  readonly pipelines: readonly Pipeline[];
  readonly arithmetic: readonly Arithmetic[];
  readonly conditionalEnds: readonly ConditionalEnd[];
  readonly branchVariables: readonly BranchVariable[];
  readonly brokenTests: readonly BrokenTest[];
  readonly functions: readonly (Span & { readonly name: string })[];
  readonly comments: readonly Span[];
  /** `eval`, `source` of an unknown file, or `${!name}`: more may be read or set than is listed. */
  readonly dynamic: boolean;
}
