import { type CallSite, callSiteOf } from "./call-site.js";
import type { InterpolatedValues } from "./interpolated-values.js";

/** A piece of bash with interpolated values, rendered when an element is compiled. */
export interface BashFragment {
  readonly dibkit: "bash";
  /** Raw text between the values, as in a tagged template. */
  readonly parts: readonly string[];
  readonly values: readonly BashValue[];
  /** Position of the template's opening backtick. */
  readonly site: CallSite | undefined;
}

/** Shell text that is put in as it stands. */
export interface RawShell {
  readonly dibkit: "raw";
  readonly text: string;
}

/** A variable of the shell; it expands where it is interpolated, quoted as the place needs it. */
export interface VariableReference {
  readonly dibkit: "variable";
  readonly name: string;
}

/** What may be interpolated into `bash`: strings and numbers are quoted, arrays become one quoted word per item. */
export type BashValue = string | number | readonly (string | number)[] | BashFragment | RawShell | VariableReference;

/**
 * Bash as a tagged template. Interpolated values are quoted for the place they are in (a word, double or single
 * quotes, a here-document, a comment), so no value can break out of it; other `bash` fragments are spliced in. The
 * common indentation is taken away. Backslashes mean what they mean in bash, except `\${` and `` \` ``, which write
 * `${` and a backtick; `$VARIABLE` needs no escape.
 */
export function bash<V extends readonly unknown[]>(
  strings: TemplateStringsArray,
  ...values: InterpolatedValues<V, BashValue>
): BashFragment {
  return { dibkit: "bash", parts: strings.raw, values: values as readonly BashValue[], site: callSiteOf(bash) };
}

/** Shell text to interpolate without quoting. Nothing protects the script from what is in it. */
export function raw(text: string): RawShell {
  return { dibkit: "raw", text };
}

/** A reference to a shell variable, to interpolate into `bash`. */
export function variable(name: string): VariableReference {
  return { dibkit: "variable", name };
}

/** Whether a value is a `bash` fragment, of this copy of the package or of another. */
export function isBash(value: unknown): value is BashFragment {
  return typeof value === "object" && value !== null && (value as { dibkit?: unknown }).dibkit === "bash";
}
