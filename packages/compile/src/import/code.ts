/** TypeScript source that stands for a value in a generated module. */
export interface Code {
  /** @param before columns of its first line that are taken by what stands before it */
  readonly render: (indent: number, before: number) => string;
  /** What it needs from `@dibkit/model`. */
  readonly imports: readonly string[];
}

/** Columns a line may have, less the comma or semicolon that may follow. */
const WIDTH = 119;

/** An indent at which everything fits on its line. */
const FLAT = Number.NEGATIVE_INFINITY;

export function isCode(value: unknown): value is Code {
  return typeof value === "object" && value !== null && "render" in value && "imports" in value;
}

/** A word that needs nothing. */
export function verbatim(text: string, ...imports: readonly string[]): Code {
  return { render: () => text, imports };
}

/** A call as a formatter would break it: on one line, with a last object that hangs, or one argument a line. */
export function call(name: string, ...args: readonly unknown[]): Code {
  const render = (indent: number, before: number) => {
    const flat = args.map((argument) => literal(argument, FLAT));
    const line = `${name}(${flat.join(", ")})`;
    if (!line.includes("\n") && indent + before + line.length <= WIDTH) return line;
    const last = args.at(-1);
    const head = `${name}(${flat.slice(0, -1).join(", ")}${args.length > 1 ? ", " : ""}`;
    const hangs = typeof last === "object" && !isCode(last) && !head.includes("\n");
    // No comma follows the brace that ends this line.
    if (hangs && indent + before + head.length <= WIDTH) return `${head}${broken(last, indent)})`;
    const inner = args.map((argument) => `${pad(indent + 2)}${literal(argument, indent + 2)},\n`).join("");
    return `${name}(\n${inner}${pad(indent)})`;
  };
  return { render, imports: [name, ...args.flatMap(importsOf)] };
}

/** What a value needs from `@dibkit/model`. */
export function importsOf(value: unknown): readonly string[] {
  if (isCode(value)) return value.imports;
  if (Array.isArray(value)) return value.flatMap(importsOf);
  if (typeof value === "object" && value !== null) return Object.values(value).flatMap(importsOf);
  return [];
}

/** Plain data and code as a literal, on one line when it fits, as a formatter would break it. */
export function literal(value: unknown, indent = 0, before = 0): string {
  if (isCode(value)) return value.render(indent, before);
  if (typeof value === "string") return stringLiteral(value);
  if (typeof value !== "object" || value === null) return String(value);
  const parts = partsOf(value).map(([key, item]) => key + literal(item, FLAT));
  if (parts.length === 0) return Array.isArray(value) ? "[]" : "{}";
  const line = Array.isArray(value) ? `[${parts.join(", ")}]` : `{ ${parts.join(", ")} }`;
  return !line.includes("\n") && indent + before + line.length <= WIDTH ? line : broken(value, indent);
}

/** An object or list with one property or item a line. */
export function broken(value: object | null, indent: number): string {
  const list = Array.isArray(value);
  const lines = partsOf(value ?? {}).map(([key, item]) => `${pad(indent + 2)}${property(key, item, indent + 2)},\n`);
  return `${list ? "[" : "{"}\n${lines.join("")}${pad(indent)}${list ? "]" : "}"}`;
}

/** A property whose string does not fit beside its key has it on the next line. */
function property(key: string, value: unknown, indent: number): string {
  const printed = literal(value, indent, key.length);
  const fits = printed.includes("\n") || indent + key.length + printed.length <= WIDTH || key === "";
  return fits || typeof value !== "string" ? key + printed : `${key.trimEnd()}\n${pad(indent + 2)}${printed}`;
}

function partsOf(value: object): readonly (readonly [string, unknown])[] {
  if (Array.isArray(value)) return value.map((item) => ["", item] as const);
  return Object.entries(value).map(([key, item]) => [`${propertyName(key)}: `, item] as const);
}

/**
 * Text of several lines for a field whose indentation is taken away: it reads best as a template, as long as nothing in
 * it needs an escape there.
 */
export function paragraphs(text: string): Code | string {
  if (!text.includes("\n") || /[`\\]|\$\{|[^\n -~]/.test(text)) return text;
  const render = (indent: number) => {
    const lines = text.split("\n").map((line) => (line === "" ? "" : pad(Math.max(indent, 0) + 2) + line));
    return `\`\n${lines.join("\n")}\n${pad(indent)}\``;
  };
  return { render, imports: [] };
}

/** Escapes what a formatter would, and the lone surrogates that stand for bytes which are not UTF-8. */
export function stringLiteral(text: string): string {
  const double = JSON.stringify(text).replaceAll("\u2028", "\\u2028").replaceAll("\u2029", "\\u2029");
  // Formatters take the quotes that need fewer escapes.
  const escaped = text.split('"').length > text.split("'").length;
  return escaped ? `'${double.slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'` : double;
}

function propertyName(key: string): string {
  // Written plainly this one would be the object's prototype.
  if (key === "__proto__") return '["__proto__"]';
  return /^[A-Za-z_$][A-Za-z0-9_$]*$/.test(key) ? key : stringLiteral(key);
}

function pad(indent: number): string {
  return " ".repeat(Math.max(indent, 0));
}
