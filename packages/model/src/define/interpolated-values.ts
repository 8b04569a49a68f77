import type { Refusal } from "./refusal.js";

/** Values as they are, when a script can say all of them; otherwise what is wrong with those it cannot. */
export type InterpolatedValues<V extends readonly unknown[], Sayable> = {
  readonly [I in keyof V]: V[I] extends Sayable
    ? V[I]
    : undefined extends V[I]
      ? Refusal<"this may be undefined, and a script has no word for that: give a value, or ?? and another one">
      : Refusal<"bash takes texts, numbers, lists of these, variable(name), raw(text) and other bash templates">;
};
