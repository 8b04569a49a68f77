import { nearestName } from "../nearest-name.js";

/** What a generated validator says, which is what Ajv says. */
export interface SchemaError {
  readonly keyword: string;
  readonly instancePath: string;
  // biome-ignore lint/suspicious/noExplicitAny: every keyword has parameters of its own.
  readonly params: Readonly<Record<string, any>>;
  readonly message?: string;
  readonly data?: unknown;
  readonly schema?: unknown;
  // biome-ignore lint/suspicious/noExplicitAny: any JSON Schema.
  readonly parentSchema?: Readonly<Record<string, any>>;
}

interface Description {
  readonly message: string;
  readonly help?: string;
  /** Key of the mapping that the error is about. */
  readonly key?: string;
}

/** What a schema violation means in words: quotes the value and lists the legal ones. */
export function describeSchemaError(error: SchemaError): Description {
  const where = placeName(error.instancePath);
  const value = JSON.stringify(error.data);
  const { params } = error;
  switch (error.keyword) {
    case "type":
      return { message: `${where} must be ${typeNames(params.type)}, not ${typeOf(error.data)}` };
    case "enum": {
      const legal = (params.allowedValues as readonly unknown[]).map(String);
      return { message: `${where} is ${value}: use one of ${quoted(legal)}`, ...didYouMean(String(error.data), legal) };
    }
    case "additionalProperties": {
      const key = String(params.additionalProperty);
      const legal = Object.keys(error.parentSchema?.properties ?? {});
      const message = `unknown key "${key}" in ${where}: use one of ${quoted(legal)}`;
      return { message, key, ...didYouMean(key, legal) };
    }
    case "required":
      return { message: `${where} has no "${params.missingProperty}"` };
    case "not":
      return { message: `${where} has both ${forbiddenPair(error.schema)}`, help: "keep one of them" };
    case "pattern":
      return { message: `${where} is ${value}, which ${exampleWords(error)}` };
    case "minLength":
      return { message: `${where} is empty` };
    case "minItems":
      return { message: `${where} is an empty list` };
    case "minProperties":
    case "maxProperties": {
      const keys = Object.keys(error.data as object);
      const found = keys.length === 0 ? "none" : quoted(keys);
      return { message: `${where} must hold exactly one node, not ${found}` };
    }
    default:
      return { message: `${where} ${error.message ?? error.keyword}` };
  }
}

/** `/curl/0/arch` as `"arch" of item 1 of "curl"`. */
function placeName(pointer: string): string {
  const parts = pointer.split("/").slice(1);
  if (parts.length === 0) return "the file";
  const names = parts.map((part) => {
    const text = part.replaceAll("~1", "/").replaceAll("~0", "~");
    return /^\d+$/.test(text) ? `item ${Number(text) + 1}` : `"${text}"`;
  });
  return names.slice(-3).reverse().join(" of ");
}

function didYouMean(value: string, legal: readonly string[]): { readonly help?: string } {
  const nearest = nearestName(value, legal);
  return nearest === undefined ? {} : { help: `write "${nearest}"` };
}

function forbiddenPair(schema: unknown): string {
  return ((schema as { readonly required?: readonly string[] }).required ?? [])
    .map((name) => `"${name}"`)
    .join(" and ");
}

function exampleWords(error: SchemaError): string {
  const examples = (error.parentSchema as { readonly examples?: readonly string[] } | undefined)?.examples;
  return examples === undefined ? `does not match ${error.params.pattern}` : `does not read like ${quoted(examples)}`;
}

const TYPE_NAMES: Readonly<Record<string, string>> = {
  object: "a mapping",
  array: "a list",
  string: "a string",
  number: "a number",
  integer: "a whole number",
  boolean: "true or false",
  null: "empty",
};

function typeNames(types: string | readonly string[]): string {
  const names = [types].flat().map((type) => TYPE_NAMES[type] ?? type);
  return names.length < 2 ? String(names[0]) : `${names.slice(0, -1).join(", ")} or ${names.at(-1)}`;
}

function typeOf(data: unknown): string {
  if (data === null) return "empty";
  if (Array.isArray(data)) return "a list";
  if (data instanceof Date) return `the date ${data.toISOString().slice(0, 10)}`;
  if (typeof data === "object") return "a mapping";
  const name = typeof data === "string" ? "the string" : typeof data === "number" ? "the number" : "the word";
  return `${name} ${JSON.stringify(data)}`;
}

function quoted(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join(", ");
}
