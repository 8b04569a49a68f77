import { loadWhenUsed } from "../load-when-used.js";

const OPTIONS = { indent: 2, lineWidth: 0, nullStr: "", indentSeq: true } as const;

/** A mapping as YAML, and where each of its keys is in the text. */
export function yamlMapping(data: Readonly<Record<string, unknown>>): {
  readonly text: string;
  readonly entries: readonly { readonly key: string; readonly start: number; readonly end: number }[];
} {
  let text = "";
  const entries = Object.entries(data).map(([key, value]) => {
    const start = text.length;
    text += loadWhenUsed
      .yaml()
      .stringify({ [key]: value }, OPTIONS)
      .replace(/ +$/gm, "");
    return { key, start, end: text.length };
  });
  return { text: text === "" ? "{}\n" : text, entries };
}

/** A list as YAML with an empty line between its items. */
export function yamlList(items: readonly unknown[]): string {
  return items.length === 0 ? "[]\n" : items.map((item) => loadWhenUsed.yaml().stringify([item], OPTIONS)).join("\n");
}
