import { schemas } from "@dibkit/model";

type Schema = Readonly<Record<string, unknown>>;

/** A word that a structured file may have, and what it says. */
export interface Word {
  readonly text: string;
  readonly description?: string;
}

/** Keys below a path, or values of its last key, as far as the schema lists them. */
export function schemaWords(name: keyof typeof schemas, keys: readonly string[], isValue: boolean): readonly Word[] {
  const root: Schema = schemas[name];
  let schema: Schema | undefined = plain(root, root);
  for (const key of keys) schema = schema && plain(below(schema, key), root);
  if (schema === undefined) return [];
  if (isValue) return valuesOf(schema);
  return Object.entries((schema.properties ?? {}) as Readonly<Record<string, Schema>>).flatMap(([text, property]) => {
    const { description } = plain(property, root) ?? {};
    return text.startsWith("$") ? [] : [{ text, ...(typeof description === "string" && { description }) }];
  });
}

function valuesOf({ enum: values, type }: Schema): readonly Word[] {
  if (Array.isArray(values)) return values.map((value) => ({ text: String(value) }));
  return type === "boolean" ? [{ text: "true" }] : [];
}

function below(schema: Schema, key: string): Schema | undefined {
  const properties = (schema.properties ?? {}) as Readonly<Record<string, Schema>>;
  if (Object.hasOwn(properties, key)) return properties[key];
  return typeof schema.additionalProperties === "object" ? (schema.additionalProperties as Schema) : undefined;
}

/** What a reference refers to; of a list, its items, since lists have no keys. */
function plain(schema: Schema | undefined, root: Schema): Schema | undefined {
  const { $ref: reference, items, properties } = schema ?? {};
  if (typeof reference === "string") {
    const definitions = root.definitions as Readonly<Record<string, Schema>>;
    return plain(definitions[reference.replace("#/definitions/", "")], root);
  }
  return items !== undefined && properties === undefined ? plain(items as Schema, root) : schema;
}
