import type { DataScalar } from "./data-node.js";

/** What PyYAML makes of a scalar; `refusal` says why it raises an error instead. */
export type YamlScalar = { readonly value: DataScalar } | { readonly refusal: string };

type Kind = "bool" | "float" | "int" | "merge" | "null" | "timestamp" | "value";

/**
 * The forms of YAML 1.1 that PyYAML knows, in the order in which it tries them. They differ from the specification and
 * from YAML 1.2: a float has a dot and its exponent a sign, an octal number begins with a bare zero, and neither `y`
 * nor `n` is a truth value.
 */
const FORMS: readonly (readonly [kind: Kind, form: RegExp])[] = [
  ["bool", /^(?:yes|Yes|YES|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF)$/],
  ["float", /^(?:[-+]?\d[\d_]*\.[\d_]*|\.\d[\d_]*)(?:[eE][-+]\d+)?$/],
  ["float", /^[-+]?\d[\d_]*(?::[0-5]?\d)+\.[\d_]*$/],
  ["float", /^(?:[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/],
  ["int", /^[-+]?(?:0b[01_]+|0x[\da-fA-F_]+|0[0-7_]+|0|[1-9][\d_]*)$/],
  ["int", /^[-+]?[1-9][\d_]*(?::[0-5]?\d)+$/],
  ["merge", /^<<$/],
  ["null", /^(?:~|null|Null|NULL|)$/],
  ["timestamp", /^\d{4}-\d\d-\d\d$/],
  ["timestamp", /^\d{4}-\d\d?-\d\d?(?:[Tt]|[ \t]+)\d\d?:\d\d:\d\d(?:\.\d*)?(?:[ \t]*(?:Z|[-+]\d\d?(?::\d\d)?))?$/],
  ["value", /^=$/],
];

// Every form of a value that is not text begins with one of these, so most texts are told by one look.
const FIRST = /^[-+.\d~nNtTfFyYoO<=]/;

/** The value of a scalar without quotes, or with a tag such as `tag:yaml.org,2002:int`. */
export function yamlScalar(text: string, tag?: string): YamlScalar {
  if (tag !== undefined) return taggedScalar(text, tag);
  const kind = kindOf(text);
  return kind === undefined ? { value: text } : scalarOf(kind, text);
}

/** Whether PyYAML reads the characters, without quotes, as something else than this text. */
export function isNoText(text: string): boolean {
  return kindOf(text) !== undefined;
}

function kindOf(text: string): Kind | undefined {
  if (text !== "" && !FIRST.test(text)) return undefined;
  return FORMS.find(([, form]) => form.test(text))?.[0];
}

const TAG = "tag:yaml.org,2002:";

function taggedScalar(text: string, tag: string): YamlScalar {
  const name = tag.startsWith(TAG) ? tag.slice(TAG.length) : undefined;
  switch (name) {
    case "str":
    case "binary":
      return { value: text };
    case "null":
      return { value: null };
    case "bool":
      if (/^(?:yes|no|true|false|on|off)$/i.test(text)) return scalarOf("bool", text);
      break;
    case "float":
      // A tag asks Python's own reader, which needs neither a dot nor a sign.
      if (kindOf(text) === "float" || /^[-+]?(\d[\d_]*\.?[\d_]*|\.\d+)(e[-+]?\d+)?$/i.test(text))
        return scalarOf(name, text);
      break;
    case "int":
    case "timestamp":
      if (kindOf(text) === name) return scalarOf(name, text);
      break;
    default:
      return { refusal: `PyYAML does not know the tag "${tag.replace(TAG, "!!")}"` };
  }
  return { refusal: `"${text}" is no ${name}, as its tag says` };
}

function scalarOf(kind: Kind, text: string): YamlScalar {
  switch (kind) {
    case "bool":
      return { value: /^(?:yes|true|on)$/i.test(text) };
    case "null":
      return { value: null };
    case "int":
      return wholeNumber(text);
    case "float":
      return { value: floatingPoint(text) };
    case "timestamp":
      return timestamp(text);
    default:
      return { refusal: `PyYAML cannot read "${text}" without quotes` };
  }
}

function wholeNumber(text: string): YamlScalar {
  const { sign, digits } = signed(text);
  if (digits.includes(":")) return { value: sign * sexagesimal(digits) };
  const prefixed = /^0[bx]/.test(digits);
  // An octal number is written with a bare zero, which JavaScript takes for a decimal one.
  const octal = !prefixed && digits.length > 1 && digits.startsWith("0");
  const value = octal ? Number.parseInt(digits, 8) : digits.length > 2 || !prefixed ? Number(digits) : Number.NaN;
  return Number.isNaN(value)
    ? { refusal: `"${text}" is read as a number, and has no digits` }
    : { value: sign * value };
}

function floatingPoint(text: string): number {
  const { sign, digits } = signed(text.toLowerCase());
  if (digits === ".inf") return sign * Number.POSITIVE_INFINITY;
  if (digits === ".nan") return Number.NaN;
  return sign * (digits.includes(":") ? sexagesimal(digits) : Number(digits));
}

function signed(text: string): { readonly sign: 1 | -1; readonly digits: string } {
  const digits = text.replaceAll("_", "").replace(/^[-+]/, "");
  return { sign: text.startsWith("-") ? -1 : 1, digits };
}

/** `1:30` is a minute and a half in seconds. */
function sexagesimal(digits: string): number {
  return digits.split(":").reduce((sum, part) => sum * 60 + Number(part), 0);
}

function timestamp(text: string): YamlScalar {
  const [, year = "", month = "", day = "", hour = "0", minute = "0", second = "0"] =
    /^(\d{4})-(\d\d?)-(\d\d?)(?:\D+(\d\d?):(\d\d):(\d\d))?/.exec(text) ?? [];
  const date = new Date(Date.UTC(2000, Number(month) - 1, Number(day)));
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  const exists =
    Number(year) > 0 &&
    date.getUTCMonth() === Number(month) - 1 &&
    date.getUTCDate() === Number(day) &&
    Number(hour) < 24 &&
    Number(minute) < 60 &&
    Number(second) < 60;
  if (!exists) return { refusal: `"${text}" is read as a date, and there is none such` };
  date.setUTCHours(Number(hour), Number(minute), Number(second));
  return { value: date };
}
