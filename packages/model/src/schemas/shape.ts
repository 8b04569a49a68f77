import { type Static, type TSchema, Type } from "@sinclair/typebox";

/**
 * A value of any of several JSON types. Unlike `anyOf`, a wrong value is told by the one error that matters, since
 * the keywords of a type say nothing about values of another. No two schemas may be of one JSON type.
 */
export function eitherType<const T extends readonly TSchema[]>(schemas: T, options: { readonly description: string }) {
  const types = schemas.map((schema) => schema.type as string);
  return Type.Unsafe<Static<T[number]>>(Object.assign({}, ...schemas, options, { type: types }));
}
