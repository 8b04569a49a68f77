import { Document, visit } from "yaml";
import { isNoText } from "../views/yaml-scalar.js";

const OPTIONS = { indent: 2, lineWidth: 0, nullStr: "", indentSeq: true } as const;

/** A mapping as YAML, and where each of its keys is in the text. */
export function yamlMapping(data: Readonly<Record<string, unknown>>): {
  readonly text: string;
  readonly entries: readonly { readonly key: string; readonly start: number; readonly end: number }[];
} {
  let text = "";
  const entries = Object.entries(data).map(([key, value]) => {
    const start = text.length;
    text += yamlItem({ [key]: value });
    return { key, start, end: text.length };
  });
  return { text: text === "" ? "{}\n" : text, entries };
}

/** A list as YAML with an empty line between its items. */
export function yamlList(items: readonly unknown[]): string {
  return items.length === 0 ? "[]\n" : items.map((item) => yamlOf([item])).join("\n");
}

/** A value as YAML, with a final newline. */
export function yamlItem(value: unknown): string {
  return yamlOf(value).replace(/ +$/gm, "");
}

/** Quotes every text that PyYAML would read as a number, a date or a truth value; the library knows YAML 1.2 only. */
function yamlOf(value: unknown): string {
  const document = new Document(value);
  visit(document, {
    Scalar(_key, node) {
      if (typeof node.value === "string" && isNoText(node.value)) node.type = "QUOTE_DOUBLE";
    },
  });
  return document.toString(OPTIONS);
}
