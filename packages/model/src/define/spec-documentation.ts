import type { ElementSpec } from "./element-spec.js";
import type { PackageSpec } from "./package-spec.js";

/**
 * Where the fields of a specification are declared, for editors to show their documentation: what has rules is inferred,
 * and says nothing of that. Nothing is refused here, every value may be anything.
 */
export type SpecDocumentation<S> = {
  readonly [K in keyof ElementSpec]?: K extends PlainField & keyof S ? ValueOf<S[K], Documented<K>> : unknown;
};

/** Fields whose values are written out, rather than made by functions. */
type PlainField =
  | "packages"
  | "pkgMap"
  | "svcMap"
  | "sourceRepositories"
  | "blockDevices"
  | "static"
  | "bin"
  | "initScripts"
  | "files";

/** The unions that a field's value is one of. */
type Documented<K extends PlainField> = K extends "packages"
  ? { readonly [name: string]: PackageSpec | readonly PackageSpec[] }
  : ElementSpec[K];

/** Of a union, the members that can have the keys of the value; the value of a member, field by field. */
type FieldsOf<V, T> = T extends object
  ? V extends readonly (infer I)[]
    ? T extends readonly (infer U)[]
      ? readonly AllOf<ValueOf<I, U>>[]
      : never
    : T extends readonly unknown[]
      ? never
      : string extends keyof T
        ? { readonly [K in keyof V]: ValueOf<V[K], T[keyof T]> }
        : WrittenKeys<V> extends keyof T
          ? { readonly [K in keyof T]?: K extends keyof V ? ValueOf<V[K], T[K]> : unknown }
          : never
  : never;

/** One type with the fields of all members: of a field that several types may have an editor shows nothing. */
type AllOf<T> = (T extends unknown ? (value: T) => void : never) extends (value: infer All) => void ? All : never;

/** Of objects in one array the compiler gives each the keys of all others too, without a value: those are not written. */
type WrittenKeys<V> = { readonly [K in keyof V]-?: V[K] extends undefined ? never : K }[keyof V];

/** Text, numbers, references and what is made by a function have no fields that one writes. */
type ValueOf<V, T> = V extends string | number | boolean | bigint | null | undefined | { readonly dibkit: unknown }
  ? unknown
  : [FieldsOf<V, NonNullable<T>>] extends [never]
    ? unknown
    : FieldsOf<V, NonNullable<T>>;
