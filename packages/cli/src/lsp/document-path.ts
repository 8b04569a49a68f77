/** Where in a structured file a cursor is. */
export interface DocumentPath {
  /** Keys of the mappings around it, the outermost first; lists have none. */
  readonly keys: readonly string[];
  /** Whether the value of the last key is written, rather than a key below it. */
  readonly isValue: boolean;
}

/** The path of the end of a text that is YAML in block style: what is indented less stands above. */
export function yamlPath(text: string): DocumentPath {
  const lines = text.split("\n").map((line) => line.replace(/^(\s*(?:-\s+)*)/, (lead) => lead.replaceAll("-", " ")));
  const last = lines.at(-1) ?? "";
  const [, lead = "", key] = /^(\s*)(?:["']?([^\s"':#][^"':#]*)["']?:\s+)?/.exec(last) ?? [];
  const keys: string[] = [];
  let indent = lead.length;
  for (const line of lines.slice(0, -1).toReversed()) {
    const [, before = "", above] = /^(\s*)["']?([^\s"':#][^"':#]*)["']?:\s*(?:#.*)?$/.exec(line) ?? [];
    if (above === undefined || before.length >= indent) continue;
    keys.unshift(above);
    indent = before.length;
  }
  return { keys: key === undefined ? keys : [...keys, key], isValue: key !== undefined };
}

/** The path of the end of a text that is JSON. */
export function jsonPath(text: string): DocumentPath {
  const open: { key: string | undefined; last: string }[] = [];
  let isValue = false;
  for (const [token] of text.matchAll(/"(?:[^"\\\n]|\\.)*"?|[{}[\],:]/g)) {
    const around = open.at(-1);
    if (token === "{" || token === "[") {
      open.push({ key: isValue ? around?.last : undefined, last: "" });
      isValue = false;
    } else if (token === "}" || token === "]") open.pop();
    else if (token === ":") isValue = true;
    else if (token === ",") isValue = false;
    else if (around && !isValue) around.last = token.replace(/^"|"$/g, "");
  }
  const keys = open.flatMap(({ key }) => key ?? []);
  const last = open.at(-1)?.last;
  return { keys: isValue && last ? [...keys, last] : keys, isValue };
}
