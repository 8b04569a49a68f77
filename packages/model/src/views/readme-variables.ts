import type { Location } from "../diagnostic.js";
import type { SourceText } from "../source-text.js";
import { plainText } from "./rst-text.js";

/** An environment variable that a README documents. */
export interface ReadmeVariable {
  readonly name: string;
  readonly required: boolean | undefined;
  /** Text of the default as the README words it. */
  readonly default: string | undefined;
  /** Whether its value must not be seen: `:Secret: Yes`, which a compiled README says of `envSecret`. */
  readonly secret: boolean;
  readonly description: string;
  readonly location: Location;
}

const NAME = "[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+";
/** `NAME` or ``NAME`` alone on a line, with or without a colon: a term that indented text follows. */
const TERM = new RegExp(`^(?:\`\`)?(${NAME})(?:\`\`)?\\s*:?\\s*$`);
/** ``* ``NAME`` sets …`` */
const BULLET = new RegExp(`^[*-]\\s+(?:\`\`|\\*\\*)?(${NAME})(?:=[^\`\\s]*)?(?:\`\`|\\*\\*)?[\\s:,.=-]+(\\S.*)?$`);
const FIELD = /^\s+:(Required|Default|Description|Example|Secret)s?:\s*(.*)$/i;

/**
 * Environment variables as upstream's READMEs declare them: a name with indented `:Required:`, `:Default:` and
 * `:Description:` fields, a name with indented text, or a bullet that begins with the name.
 */
export function readmeVariables(source: SourceText): readonly ReadmeVariable[] {
  const lines = source.text.split("\n").map((line) => line.replace(/\r$/, ""));
  const variables = new Map<string, ReadmeVariable>();
  let offset = 0;
  lines.forEach((line, at) => {
    const term = TERM.exec(line)?.[1];
    const bullet = term === undefined ? BULLET.exec(line) : null;
    const name = term ?? bullet?.[1];
    const body = name === undefined ? [] : indentedAfter(lines, at + 1, term === undefined);
    if (name !== undefined && !variables.has(name) && (bullet !== null || body.length > 0)) {
      const start = offset + line.indexOf(name);
      const location = { source, start, end: start + name.length };
      variables.set(name, { name, ...described(bullet?.[2] === undefined ? body : [bullet[2], ...body]), location });
    }
    offset += (source.text.indexOf("\n", offset) + 1 || source.text.length) - offset;
  });
  return [...variables.values()];
}

/** Lines of the indented block after a term; a blank line ends that of a bullet, but not that of a term. */
function indentedAfter(lines: readonly string[], from: number, endsAtBlank: boolean): readonly string[] {
  const block: string[] = [];
  for (let at = from; at < lines.length; at += 1) {
    const line = lines[at] as string;
    if (/^\S/.test(line) || (endsAtBlank && line.trim() === "")) break;
    if (line.trim() === "" && block.length === 0) break;
    block.push(line);
  }
  return block;
}

function described(body: readonly string[]): Omit<ReadmeVariable, "name" | "location"> {
  const fields = new Map<string, string[]>();
  let current = "description";
  for (const line of body) {
    const [, field, text] = FIELD.exec(line) ?? [];
    if (field !== undefined) current = field.toLowerCase();
    const known = fields.get(current) ?? [];
    fields.set(current, known);
    known.push(field === undefined ? line : (text ?? ""));
  }
  const text = (name: string) => {
    const value = plainText((fields.get(name) ?? []).join("\n"));
    return value === "" ? undefined : value;
  };
  const description = text("description") ?? "";
  const required = text("required");
  return {
    required: required === undefined ? undefined : isYes(required),
    secret: isYes(text("secret") ?? ""),
    default: text("default") ?? /\bdefaults? (?:to|is):? (\S+?)[.,;]?(?:\s|$)/i.exec(description)?.[1],
    description,
  };
}

function isYes(text: string): boolean {
  return /^y(es)?\b|^true\b/i.test(text);
}

/** Whether a README says that a variable has to be set: `:Default: None` says in words that there is no default. */
export function mustBeSet({ required, default: words }: ReadmeVariable): boolean {
  if (!required) return false;
  return (
    words === undefined ||
    /^["'`(]*(none|n\/?a|null|nothing|unset|not set|undefined|empty|no default.*|-+)?["'`).]*$/i.test(words)
  );
}
