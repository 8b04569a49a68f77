/** An XML element; attributes that are undefined are left out. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string | number | undefined>>;
  readonly children: readonly XmlElement[] | string;
}

export function xml(
  name: string,
  attributes: XmlElement["attributes"] = {},
  children: XmlElement["children"] = [],
): XmlElement {
  return { name, attributes, children };
}

/** One element per line, indented by two spaces, with a final newline. */
export function renderXml(element: XmlElement, depth = 0): string {
  const indent = "  ".repeat(depth);
  const attributes = Object.entries(element.attributes)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}="${escapeXml(`${value}`)}"`)
    .join("");
  const open = `${indent}<${element.name}${attributes}`;
  if (element.children.length === 0) return `${open}/>\n`;
  if (typeof element.children === "string") return `${open}>${escapeXml(element.children)}</${element.name}>\n`;
  const inner = element.children.map((child) => renderXml(child, depth + 1)).join("");
  return `${open}>\n${inner}${indent}</${element.name}>\n`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
};

function escapeXml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}

/** The text of the first `<name>` in a document from libvirt, whose output is regular enough for a pattern. */
export function firstText(document: string, name: string): string | undefined {
  const text = new RegExp(`<${name}(?:\\s[^>]*)?>([^<]*)</${name}>`).exec(document)?.[1];
  return text?.replace(/&(?:amp|lt|gt|quot|apos);/g, (entity) => {
    const found = Object.entries(ENTITIES).find(([, value]) => value === entity);
    return found?.[0] ?? entity;
  });
}
