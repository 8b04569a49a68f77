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
  /** Range of the description; undefined when there is none, or it is in several pieces. */
  readonly descriptionAt: { readonly start: number; readonly end: number } | undefined;
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
  const starts = lineStarts(source.text);
  lines.forEach((line, at) => {
    const term = TERM.exec(line)?.[1];
    const bullet = term === undefined ? BULLET.exec(line) : null;
    const name = term ?? bullet?.[1];
    const body = name === undefined ? [] : indentedAfter(lines, at + 1, term === undefined);
    if (name !== undefined && !variables.has(name) && (bullet !== null || body.length > 0)) {
      const start = (starts[at] as number) + line.indexOf(name);
      const location = { source, start, end: start + name.length };
      const head =
        bullet?.[2] === undefined
          ? []
          : [{ text: bullet[2], start: (starts[at] as number) + line.length - bullet[2].length }];
      const rest = body.map((text, index) => ({ text, start: starts[at + 1 + index] as number }));
      variables.set(name, { name, ...described([...head, ...rest]), location });
    }
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

interface BodyLine {
  readonly text: string;
  /** Offset in the README. */
  readonly start: number;
}

function described(body: readonly BodyLine[]): Omit<ReadmeVariable, "name" | "location"> {
  const fields = new Map<string, string[]>();
  const said: (BodyLine & { readonly at: number })[] = [];
  let current = "description";
  for (const [at, line] of body.entries()) {
    const [, field, text = ""] = FIELD.exec(line.text) ?? [];
    if (field !== undefined) current = field.toLowerCase();
    const known = fields.get(current) ?? [];
    fields.set(current, known);
    const value = field === undefined ? line.text : text;
    known.push(value);
    const before = line.text.length - value.trimStart().length;
    if (current === "description" && value.trim() !== "")
      said.push({ at, text: value.trim(), start: line.start + before });
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
    descriptionAt: rangeOf(said, body),
  };
}

/** From the first to the last of the lines that describe, when nothing else stands between them. */
function rangeOf(
  said: readonly (BodyLine & { readonly at: number })[],
  body: readonly BodyLine[],
): ReadmeVariable["descriptionAt"] {
  const [first, last] = [said[0], said.at(-1)];
  if (first === undefined || last === undefined) return undefined;
  const between = body.slice(first.at, last.at + 1).filter(({ text }) => text.trim() !== "");
  return between.length === said.length ? { start: first.start, end: last.start + last.text.length } : undefined;
}

function lineStarts(text: string): readonly number[] {
  return [0, ...[...text.matchAll(/\n/g)].map((match) => match.index + 1)];
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
