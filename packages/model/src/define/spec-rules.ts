import type { Architecture } from "../architectures.js";
import type { PackagePhaseName } from "../phases.js";
import type { AnyElementReference, VariablesOf } from "./element-reference.js";
import type { ElementSpec } from "./element-spec.js";
import type { VariableDeclaration } from "./environment.js";
import type { FileReference, FileTreeSpec } from "./file-content.js";
import type { PackageCondition, PackageSpec } from "./package-spec.js";
import type { Refusal } from "./refusal.js";
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
 * What a specification is inferred from: the fields that have rules take anything, so that a rule and not their type
 * says what is wrong; their types stay, for editors to complete.
 */
export type SpecInput = Omit<ElementSpec, RuledField | "environment" | TreeField> & {
  readonly summary?: Anything;
  readonly deps?: readonly unknown[] | Anything;
  readonly packages?:
    | FileReference
    | { readonly [name: string]: PackageInput | readonly PackageInput[] | Anything }
    | readonly unknown[];
  readonly environment?: {
    readonly [name: string]:
      | VariableDeclaration
      | Refusal<"a variable is declared by a function: write envDefault(…), envFixed(…), envRequired(…) or envSecret(…)">;
  };
  readonly scripts?: readonly (ScriptDefinition | Anything)[] | Anything;
} & {
  readonly [K in TreeField]?:
    | FileTreeSpec
    | Refusal<`${K} is a tree of files, not one: use fromDirectory(path), or { "name/of/the/file": fromFile(path) }`>;
};

type Anything = NonNullable<unknown>;
type PackageInput = { readonly [K in keyof PackageSpec]?: PackageSpec[K] | Anything };
type RuledField = "summary" | "deps" | "packages" | "scripts";
type TreeField = "static" | "bin" | "files" | "layout";

/** A specification of an element: one without a README of its own, and that is no test, needs a summary. */
// Not distributive, or the compiler would widen literals before the rules see them. When a field's type refuses the
// specification, the compiler takes all of SpecInput for it; then that is what there is to say, not the summary.
export type CheckedElement<S> = [S] extends [{ readonly summary: unknown } | { readonly readme: unknown }]
  ? CheckedSpec<S>
  : [keyof ElementSpec] extends [keyof S]
    ? CheckedSpec<S>
    : [Exclude<keyof S, keyof ElementSpec>] extends [never]
      ? { readonly summary: "an element needs a summary: one line that says what an image gains by it" }
      : CheckedSpec<S>;

/**
 * A specification, when no rule refuses it; otherwise what the rules say. Only the fields that have rules are
 * compared, and nothing is inferred from the sentences.
 */
export type CheckedSpec<S> = [Exclude<keyof S, keyof ElementSpec>] extends [never]
  ? Ruled<S> extends Pick<SpecRules<S>, keyof Ruled<S> & keyof S>
    ? S
    : SpecRules<NoInfer<S>>
  : SpecRules<NoInfer<S>>;

type Ruled<S> = Pick<S, keyof S & RuledField>;

type FieldNames =
  "summary, description, deps, provides, environment, packages, pkgMap, svcMap, sourceRepositories, blockDevices, scripts, static, bin, initScripts, installTypes, testElements, readme, files or layout";

/** Everything the compiler refuses in a specification that its field types alone would let through. */
export type SpecRules<S> = {
  readonly [K in keyof S]: K extends keyof ElementSpec
    ? FieldRule<K, S[K], VariablesInView<S>>
    : `an element has no field ${K & string}: use ${FieldNames}`;
};

type FieldRule<K, T, V extends string> = T extends undefined
  ? T
  : K extends "summary"
    ? string
    : K extends "deps"
      ? DepsRule<T>
      : K extends "packages"
        ? PackagesRule<T, V>
        : K extends "scripts"
          ? ScriptsRule<T>
          : T;

/** Elements, when all are some; otherwise what is wrong with those that are none. */
export type CheckedDeps<D> = D extends DepsRule<D> ? D : DepsRule<NoInfer<D>>;

type DepsRule<D> = D extends readonly unknown[]
  ? { readonly [I in keyof D]: DepRule<D[I]> }
  : "this is a list of elements: put [ ] around it";

type DepRule<D> = D extends AnyElementReference
  ? D
  : D extends string
    ? string extends D
      ? "a string is not an element: use a definition, a binding, or elementRef(name)"
      : `${D} is a string, not an element: use its definition, its binding, or elementRef("${D}")`
    : "this is not an element: use a definition, a binding, or elementRef(name)";

type ScriptsRule<T> = T extends readonly unknown[]
  ? {
      readonly [I in keyof T]: T[I] extends ScriptDefinition
        ? T[I]
        : "a script is made by the helper of its phase, such as install(50, name, body)";
    }
  : "scripts is a list: put [ ] around it";

type PackagesRule<T, V extends string> = T extends FileReference
  ? T
  : T extends readonly unknown[]
    ? "packages is an object of names, such as { nginx: {} }"
    : { readonly [P in keyof T]: PackageRule<T[P], V> };

type PackageRule<P, V extends string> = P extends readonly unknown[]
  ? { readonly [I in keyof P]: AlternativeRule<P[I], V> }
  : AlternativeRule<P, V>;

type AlternativeRule<A, V extends string> = A extends string | number | boolean | bigint
  ? "a package has an object of conditions, which may be empty: {}"
  : A extends { readonly arch: unknown; readonly notArch: unknown }
    ? Omit<FieldsRule<A, V>, "notArch"> & { readonly notArch: "a package has arch or notArch, not both" }
    : FieldsRule<A, V>;

type FieldsRule<A, V extends string> = {
  readonly [K in keyof A]: K extends "when"
    ? WhensRule<A[K], V>
    : K extends "arch" | "notArch"
      ? ArchesRule<A[K]>
      : K extends "phase"
        ? PhaseRule<A[K]>
        : K extends keyof PackageSpec
          ? Required<PackageSpec>[K] | (undefined extends A[K] ? undefined : never)
          : `a package has no field ${K & string}: use phase, uninstall, buildOnly, installType, arch, notArch, dibPythonVersion or when`;
};

type PhaseRule<P> = P extends PackagePhaseName | undefined
  ? P
  : P extends ""
    ? PackagePhaseName
    : P extends string
      ? Refusal<`packages are not installed in ${P}: use pre-install.d, install.d or post-install.d`>
      : PackagePhaseName;

type ArchesRule<A> = A extends readonly unknown[] ? { readonly [I in keyof A]: ArchRule<A[I]> } : ArchRule<A>;

type ArchRule<A> = A extends Architecture | undefined
  ? A
  : A extends ""
    ? Architecture
    : A extends string
      ? Refusal<`${A} is not an architecture: use amd64, x86_64, i386, arm64, aarch64, armhf, powerpc, ppc64, ppc64le, ppc64el, s390x or riscv64`>
      : Architecture;

type WhensRule<W, V extends string> = W extends readonly unknown[]
  ? { readonly [I in keyof W]: WhenRule<W[I], V> }
  : WhenRule<W, V>;

type WhenRule<W, V extends string> = W extends undefined
  ? W
  : W extends `${infer Left}!=${infer Right}`
    ? ConditionRule<W, Left, Right, V>
    : W extends `${infer Left}=${infer Right}`
      ? ConditionRule<W, Left, Right, V>
      : W extends string
        ? string extends W
          ? PackageCondition
          : W extends ""
            ? `${V | StandardVariable}=`
            : Refusal<`${W} is not a condition: write ${W}=value or ${W}!=value`>
        : PackageCondition;

type ConditionRule<W, Name extends string, Value extends string, V extends string> = Name extends `${string} ${string}`
  ? Refusal<"a condition is VARIABLE=value or VARIABLE!=value, without spaces around the operator">
  : Value extends ` ${string}` | `${string} ` | `=${string}`
    ? Refusal<"a condition is VARIABLE=value or VARIABLE!=value: this value would be compared with its space or second =">
    : string extends V
      ? W
      : string extends Name
        ? W
        : Name extends V | StandardVariable
          ? W
          : Refusal<`no element in view sets ${Name}: declare it in environment, or depend on the element that does`>;
