import { nearestName } from "../nearest-name.js";
import type { BlockDeviceEntry, ValuePath } from "./block-device-entry.js";
import { listed, type Report } from "./finding.js";
import { parseSize, percentOf, SIZE_UNITS } from "./size.js";

/** What a key of an entry takes. */
export interface Field {
  readonly takes: FieldType;
  readonly required?: boolean;
  readonly summary: string;
  /** The only values, for `text` and `texts`. */
  readonly values?: readonly string[];
  /** Keys of each item, for `entries`. */
  readonly fields?: Readonly<Record<string, Field>>;
}

export type FieldType =
  | "text"
  | "texts"
  | "text-or-texts"
  | "size"
  | "relative-size"
  | "count"
  | "text-or-number"
  | "entries";

const isText = (value: unknown): value is string => typeof value === "string";
const isTexts = (value: unknown): boolean => Array.isArray(value) && value.every(isText);

/** Whether a value is right, and the words for what would be. */
const FIELD_TYPES: Readonly<Record<FieldType, { readonly is: (value: unknown) => boolean; readonly words: string }>> = {
  text: { is: isText, words: "text" },
  texts: { is: isTexts, words: "a list of texts" },
  "text-or-texts": { is: (value) => isText(value) || isTexts(value), words: "text or a list of texts" },
  size: {
    is: (value) => isText(value) && parseSize(value) !== undefined,
    words: `a size: a number and one of ${SIZE_UNITS.join(" ")}`,
  },
  "relative-size": {
    is: (value) => isText(value) && (percentOf(value) ?? parseSize(value)) !== undefined,
    words: `a size: a number and one of % ${SIZE_UNITS.join(" ")}`,
  },
  count: { is: (value) => /^\d+$/.test(String(value)), words: "a whole number" },
  "text-or-number": { is: (value) => isText(value) || typeof value === "number", words: "text or a number" },
  entries: {
    is: (value) =>
      Array.isArray(value) && value.every((item) => typeof item === "object" && item !== null && !Array.isArray(item)),
    words: "a list of maps",
  },
};

/** Reports keys that are unknown, missing or of the wrong type; true when all is well. */
export function checkFields(
  entry: BlockDeviceEntry,
  fields: Readonly<Record<string, Field>>,
  report: Report,
  at: ValuePath = [],
  owner = `${entry.kind} "${entry.name}"`,
  values: Readonly<Record<string, unknown>> = entry.values,
): boolean {
  let good = true;
  const legal = Object.keys(fields);
  for (const key of Object.keys(values)) {
    if (key in fields) continue;
    const near = nearest(key, legal);
    // Upstream ignores such keys, so a configuration that has one still works.
    report(
      "unknown-key",
      `unknown key "${key}" in ${owner}; it takes ${listed(legal)}`,
      entry.locate([...at, key], "key"),
      {
        severity: "warning",
        help: near === undefined ? "remove the key" : `write "${near}"`,
        ...(near === undefined ? {} : { rename: near }),
      },
    );
  }
  for (const [key, field] of Object.entries(fields)) {
    const value = values[key];
    if (value !== undefined && value !== null) good = checkValue(entry, field, key, value, report, at, owner) && good;
    else if (field.required) {
      report("missing-key", `${owner} has no "${key}"`, entry.locate(at), { help: `add "${key}": ${field.summary}` });
      good = false;
    }
  }
  return good;
}

function checkValue(
  entry: BlockDeviceEntry,
  field: Field,
  key: string,
  value: unknown,
  report: Report,
  at: ValuePath,
  owner: string,
): boolean {
  const location = entry.locate([...at, key]);
  const type = FIELD_TYPES[field.takes];
  if (!type.is(value)) {
    const wrongType = !isText(value) || !/size/.test(field.takes);
    const help = typeof value === "number" && type.is(String(value)) ? `quote it: "${value}"` : undefined;
    report(
      wrongType ? "wrong-type" : "bad-value",
      `"${key}" of ${owner} is ${show(value)} but must be ${type.words}`,
      location,
      help === undefined ? {} : { help },
    );
    return false;
  }
  if (field.values !== undefined) {
    for (const [index, one] of [value].flat().entries()) {
      if (field.values.includes(String(one))) continue;
      const itemLocation = Array.isArray(value) ? entry.locate([...at, key, index]) : location;
      const near = nearest(String(one), field.values);
      report("bad-value", `"${key}" of ${owner} is "${one}" but must be ${listed(field.values)}`, itemLocation, {
        ...(near === undefined ? {} : { help: `write "${near}"`, rename: near }),
      });
      return false;
    }
  }
  if (field.fields === undefined) return true;
  const items = value as readonly Record<string, unknown>[];
  return items
    .map((item, index) => {
      const name = typeof item.name === "string" ? `"${item.name}"` : `${index + 1}`;
      return checkFields(entry, field.fields ?? {}, report, [...at, key, index], `${singular(key)} ${name}`, item);
    })
    .every(Boolean);
}

function singular(key: string): string {
  return key === "pvs" || key === "vgs" || key === "lvs" ? key : key.replace(/s$/, "");
}

function show(value: unknown): string {
  if (typeof value === "string") return `"${value}"`;
  if (Array.isArray(value)) return "a list";
  if (value instanceof Date) return `the date ${value.toISOString().slice(0, 10)}`;
  return typeof value === "object" ? "a map" : `the ${typeof value} ${String(value)}`;
}

/** The legal word that a misspelt one most likely meant, two swapped letters included; undefined when none is near. */
export function nearest(word: string, legal: readonly string[]): string | undefined {
  const letters = (text: string) => [...text].sort().join("");
  return nearestName(word, legal) ?? legal.find((candidate) => letters(candidate) === letters(word));
}
