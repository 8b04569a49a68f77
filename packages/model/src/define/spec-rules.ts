import type { AnyElementReference, VariablesOf } from "./element-reference.js";
import type { ElementSpec } from "./element-spec.js";
import type { FileReference } from "./file-content.js";
import type { PackageSpec } from "./package-spec.js";
import type { ScriptDefinition } from "./script.js";
import type { StandardVariable } from "./standard-variables.js";

// As in script-rules.ts: what is right maps to itself, what is wrong to a sentence the compiler shows.

/** Variables an element sets: its own, and those of every element it depends on. */
export type VariablesInView<S> =
  | (S extends { readonly environment: infer E } ? keyof E & string : never)
  | (S extends { readonly deps: readonly (infer D)[] } ? VariablesOf<D> : never)
  | (S extends { readonly scripts: readonly (infer C)[] } ? ExportsOf<C> : never);

type ExportsOf<C> = C extends ScriptDefinition<infer X> ? X : never;

/**
 * A specification, when no rule refuses it; otherwise what the rules say. Only the fields that have rules are
 * compared, and nothing is inferred from the sentences.
 */
export type CheckedSpec<S> = [Exclude<keyof S, keyof ElementSpec>] extends [never]
  ? Ruled<S> extends Pick<SpecRules<S>, keyof Ruled<S> & keyof S>
    ? S
    : SpecRules<NoInfer<S>>
  : SpecRules<NoInfer<S>>;

type Ruled<S> = Pick<S, keyof S & ("deps" | "packages")>;

/** Everything the compiler refuses in a specification that its field types alone would let through. */
export type SpecRules<S> = {
  readonly [K in keyof S]: K extends keyof ElementSpec
    ? FieldRule<K, S[K], VariablesInView<S>>
    : `an element has no field ${K & string}`;
};

type FieldRule<K, T, V extends string> = K extends "deps"
  ? DepsRule<T>
  : K extends "packages"
    ? T extends FileReference
      ? T
      : { readonly [P in keyof T]: PackageRule<T[P], V> }
    : T;

type DepsRule<D> = D extends readonly unknown[] ? { readonly [I in keyof D]: DepRule<D[I]> } : D;

type DepRule<D> = D extends AnyElementReference
  ? D
  : D extends string
    ? string extends D
      ? "a string is not an element: use a definition, a binding, or elementRef(name)"
      : `${D} is a string, not an element: use its definition, its binding, or elementRef("${D}")`
    : "this is not an element: use a definition, a binding, or elementRef(name)";

type PackageRule<P, V extends string> = P extends readonly unknown[]
  ? { readonly [I in keyof P]: AlternativeRule<P[I], V> }
  : AlternativeRule<P, V>;

type AlternativeRule<A, V extends string> = A extends { readonly arch: unknown; readonly notArch: unknown }
  ? Omit<FieldsRule<A, V>, "notArch"> & { readonly notArch: "a package has arch or notArch, not both" }
  : FieldsRule<A, V>;

type FieldsRule<A, V extends string> = {
  readonly [K in keyof A]: K extends "when"
    ? WhensRule<A[K], V>
    : K extends keyof PackageSpec
      ? A[K]
      : `a package has no field ${K & string}: use phase, uninstall, buildOnly, installType, arch, notArch, dibPythonVersion or when`;
};

type WhensRule<W, V extends string> = W extends readonly unknown[]
  ? { readonly [I in keyof W]: WhenRule<W[I], V> }
  : WhenRule<W, V>;

type WhenRule<W, V extends string> = W extends string
  ? string extends W
    ? W
    : W extends `${infer Left}!=${infer Right}`
      ? ConditionRule<W, Left, Right, V>
      : W extends `${infer Left}=${infer Right}`
        ? ConditionRule<W, Left, Right, V>
        : W
  : W;

type ConditionRule<W, Name extends string, Value extends string, V extends string> = Name extends `${string} ${string}`
  ? "a condition is VARIABLE=value or VARIABLE!=value, without spaces around the operator"
  : Value extends ` ${string}` | `${string} ` | `=${string}`
    ? "a condition is VARIABLE=value or VARIABLE!=value: this value would be compared with its space or second ="
    : string extends V
      ? W
      : Name extends V | StandardVariable
        ? W
        : `no element in view sets ${Name}: declare it in environment, or depend on the element that does`;
