/**
 * What TypeScript says in terms of types, as a sentence about values; undefined for what it says well enough itself.
 *
 * @param code the compiler's number of the message
 * @param lines its message, the outermost line first
 */
export function plainWords(code: number, lines: readonly string[]): string | undefined {
  const [line = ""] = lines;
  if (code === 2353 || code === 2561) return unknownField(line);
  if (code === 2739 || code === 2740 || code === 2741) return missing(line);
  if (code === 2554 || code === 2555) return wrongCount(line);
  if (code === 2307) return missingModule(line);
  if (code !== 2322 && code !== 2345 && code !== 2559 && code !== 2820) return undefined;
  // The innermost line names the one value that does not fit, where the outermost spells whole objects out.
  const lacking = lines.map((one) => missing(one.trim())).find((sentence) => sentence !== undefined);
  return (
    lacking ??
    lines
      .toReversed()
      .map(misfit)
      .find((sentence) => sentence !== undefined)
  );
}

/** The compiler would spell the type out in which the field is missing. */
function unknownField(line: string): string | undefined {
  const [, field] =
    /^Object literal may only specify known properties, (?:and|but) '"?(.+?)"?' does not exist in type /.exec(line) ??
    [];
  const [, near] = /Did you mean to write '(.+)'\?$/.exec(line) ?? [];
  if (field === undefined) return undefined;
  return `there is no field "${field}" here${near === undefined ? "" : `: did you mean "${near}"?`}`;
}

function missing(line: string): string | undefined {
  if (/ is missing the following properties from type 'readonly .*\[\]'/.test(line)) return `this has to be ${LIST}`;
  const [, one] = /^Property '(\w+)' is missing in type /.exec(line) ?? [];
  if (one !== undefined) return `the field "${one}" is missing here`;
  const [, several] =
    /^Type '\{.*\}' is missing the following properties from type .*: ([\w, ]+)$/.exec(line.replace(/\.$/, "")) ?? [];
  if (several === undefined || / more$/.test(several)) return undefined;
  return `the fields ${several
    .split(", ")
    .map((name) => `"${name}"`)
    .join(", ")} are missing here`;
}

function wrongCount(line: string): string | undefined {
  const [, wanted, given] = /^Expected (\S+) arguments?, but got (\d+)\.?$/.exec(line) ?? [];
  if (wanted === undefined) return undefined;
  return `this takes ${wanted.replace("-", " to ")} ${wanted === "1" ? "value" : "values"} in its parentheses, and has ${given}`;
}

function missingModule(line: string): string | undefined {
  const [, module] = /^Cannot find module '(.+)' or its corresponding type declarations\.?$/.exec(line) ?? [];
  if (module === undefined) return undefined;
  return /^\.{0,2}\//.test(module)
    ? `there is no module "${module}": correct the path, which is relative to this file`
    : `the package of "${module}" is not installed: correct its name, or install it with npm`;
}

const NOT_ASSIGNABLE =
  /^(?:Type|Argument of type) '(.+?)' (?:is not assignable to|has no properties in common with) (?:parameter of )?type '(.+?)'\.?(?: Did you mean '(.+)'\?)?$/;

const MAY_BE_UNDEFINED = "this may be undefined: give a value, or ?? and another one";
const LIST = "a list: put [ ] around it";

/** Only of types that have short words; others keep the compiler's message. */
function misfit(line: string): string | undefined {
  const [, given = "", wanted = "", near] = NOT_ASSIGNABLE.exec(line.trim()) ?? [];
  if (given === "undefined") return MAY_BE_UNDEFINED;
  const possible = wanted.split(" | ").filter((one) => one !== "undefined");
  if (isLiteral(given) && near !== undefined) return `${given} is not possible here: did you mean ${near}?`;
  if (isLiteral(given) && possible.length > 1 && possible.every(isLiteral))
    return `${given} is not possible here: use ${possible.slice(0, -1).join(", ")} or ${possible.at(-1)}`;
  const isGiven = wordsOf(given);
  if (isGiven === undefined) return undefined;
  if (/^readonly .*\[\]$/.test(wanted)) return `this is ${isGiven}, and has to be ${LIST}`;
  const words = possible.map(wordsOf);
  if (words.length === 0 || words.includes(undefined)) return undefined;
  return `this is ${isGiven}, and has to be ${[...new Set(words)].join(" or ")}`;
}

const isLiteral = (type: string) => /^("[^"]*"|-?[\d.]+)$/.test(type);

const WORDS: Readonly<Record<string, string>> = {
  string: "a text",
  number: "a number",
  boolean: "true or false",
  true: "true",
  false: "false",
  undefined: "nothing",
  null: "null",
};

function wordsOf(type: string): string | undefined {
  if (Object.hasOwn(WORDS, type)) return WORDS[type];
  if (/^"[^"]*"$/.test(type)) return `the text ${type}`;
  if (/^-?[\d.]+$/.test(type)) return `the number ${type}`;
  const [, item] = /^(?:readonly )?(\w+)\[\]$/.exec(type) ?? [];
  if (item === "string") return "a list of texts";
  if (item === "number") return "a list of numbers";
  return undefined;
}
