/** JSON Schema (draft 7) as it is written to a file. */
export type JsonSchema = { readonly [keyword: string]: unknown };

declare const described: unique symbol;

/** A JSON Schema that carries the TypeScript type of what it accepts, so that each is written once. */
export type Shape<T> = JsonSchema & { readonly [described]?: T };

/** The type a shape accepts. */
export type TypeOf<S> = S extends Shape<infer T> ? T : never;

type Keywords = { readonly description?: string; readonly [keyword: string]: unknown };

export function text(keywords: Keywords = {}): Shape<string> {
  return { type: "string", ...keywords };
}

export function oneOf<const V extends string>(values: readonly V[], keywords: Keywords = {}): Shape<V> {
  return { type: "string", enum: values, ...keywords };
}

export function number(keywords: Keywords = {}): Shape<number> {
  return { type: "number", ...keywords };
}

export function wholeNumber(keywords: Keywords = {}): Shape<number> {
  return { type: "integer", ...keywords };
}

export function flag(keywords: Keywords = {}): Shape<boolean> {
  return { type: "boolean", ...keywords };
}

export function nothing(): Shape<null> {
  return { type: "null" };
}

export function listOf<T>(items: Shape<T>, keywords: Keywords = {}): Shape<readonly T[]> {
  return { type: "array", items, ...keywords };
}

/** A mapping from any key. */
export function mapOf<T>(values: Shape<T>, keywords: Keywords = {}): Shape<{ readonly [key: string]: T }> {
  return { type: "object", additionalProperties: values, ...keywords };
}

/** A mapping with exactly these keys. */
export function object<R extends Fields, O extends Fields>(
  required: R,
  optional: O,
  keywords: Keywords = {},
): Shape<{ readonly [K in keyof R]: TypeOf<R[K]> } & { readonly [K in keyof O]?: TypeOf<O[K]> }> {
  const names = Object.keys(required);
  return {
    type: "object",
    ...(names.length > 0 && { required: names }),
    properties: { ...required, ...optional },
    additionalProperties: false,
    ...keywords,
  };
}

type Fields = Readonly<Record<string, JsonSchema>>;

/**
 * A value of any of several JSON types. Unlike `anyOf`, a wrong value is told by the one error that matters, since
 * the keywords of a type say nothing about values of another. No two shapes may be of one JSON type.
 */
export function either<const S extends readonly JsonSchema[]>(
  shapes: S,
  keywords: Keywords = {},
): Shape<TypeOf<S[number]>> {
  return { ...Object.assign({}, ...shapes), ...keywords, type: shapes.map((shape) => shape.type) };
}

/** Stands for a shape that the document holds in its `definitions`. */
export function refer<T>(name: string, _: Shape<T>): Shape<T> {
  return { $ref: `#/definitions/${name}` };
}
