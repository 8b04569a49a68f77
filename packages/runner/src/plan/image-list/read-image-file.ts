import {
  checkSchema,
  type DataNode,
  type Diagnostic,
  type Element,
  type ImageEntry,
  parseYaml,
  plainData,
  type RegularFile,
} from "@dibkit/model";

export interface ImageFileContent {
  /** In the order of the file; empty when there are errors. */
  readonly entries: readonly ImageEntry[];
  readonly diagnostics: readonly Diagnostic[];
}

const TEXT_KEYS = new Set([
  "imagename",
  "logfile",
  "image-cache",
  "mkfs-options",
  "root-label",
  "ramdisk-element",
  "docker-target",
]);
const TEXT_COLLECTIONS = new Set(["environment", "qemu-img-options", "packages", "elements"]);

/**
 * Reads the YAML of upstream's `diskimage-builder` command. `path` is as the user should see it. Values that must be
 * strings but were written as numbers (`DIB_IMAGE_SIZE: 10`), at which upstream fails, are taken as written, with a
 * warning.
 */
export function readImageFile(path: string, bytes: Uint8Array): ImageFileContent {
  const file: RegularFile = { kind: "file", path, origin: { kind: "disk", path }, mode: 0o644, bytes };
  const holder: Element = { name: path, root: path, files: new Map([[path, file]]), origin: "disk" };
  const parsed = parseYaml(holder, file);
  const diagnostics = parsed.diagnostics.map(withoutElement);
  if (parsed.root === undefined) return { entries: [], diagnostics };
  const coerced = coerce(parsed.root, diagnostics);
  diagnostics.push(...checkSchema("image-file", coerced, path).map(withoutElement));
  const broken = diagnostics.some(({ severity }) => severity === "error");
  return { entries: broken ? [] : (plainData(coerced) as unknown as readonly ImageEntry[]), diagnostics };
}

/** The file belongs to no element. */
function withoutElement({ element: _element, ...diagnostic }: Diagnostic): Diagnostic {
  return diagnostic.code === "yaml/duplicate-key" ? { ...diagnostic, severity: "warning" } : diagnostic;
}

function coerce(root: DataNode, diagnostics: Diagnostic[]): DataNode {
  if (root.kind !== "sequence") return root;
  return { ...root, items: root.items.map((item) => coerceEntry(item, diagnostics)) };
}

function coerceEntry(node: DataNode, diagnostics: Diagnostic[]): DataNode {
  if (node.kind !== "mapping") return node;
  const entries = node.entries.map((entry) => {
    const { key } = entry;
    if (TEXT_KEYS.has(key)) return { ...entry, node: asText(key, entry.node, diagnostics) };
    if (!TEXT_COLLECTIONS.has(key)) return entry;
    return { ...entry, node: coerceCollection(key, entry.node, diagnostics) };
  });
  return { ...node, entries };
}

function coerceCollection(name: string, node: DataNode, diagnostics: Diagnostic[]): DataNode {
  if (node.kind === "sequence") return { ...node, items: node.items.map((item) => asText(name, item, diagnostics)) };
  if (node.kind !== "mapping") return node;
  return {
    ...node,
    entries: node.entries.map((entry) => ({ ...entry, node: asText(entry.key, entry.node, diagnostics) })),
  };
}

/** A number, a truth value or a date as the characters it was written with, so that `010` stays `010` and `yes` stays `yes`. */
function asText(name: string, node: DataNode, diagnostics: Diagnostic[]): DataNode {
  if (node.kind !== "scalar" || node.value === null || typeof node.value === "string") return node;
  const { source, start, end } = node.location;
  const written = source.text.slice(start, end);
  diagnostics.push({
    code: "image-file/unquoted",
    severity: "warning",
    message: `"${name}" is ${written} without quotes, and upstream takes only strings here`,
    help: `write "${written}" with quotes`,
    location: node.location,
  });
  return { ...node, value: written };
}
