import {
  type DataNode,
  type Diagnostic,
  type Element,
  type Location,
  parseYaml,
  plainData,
  type RegularFile,
  type SourceText,
} from "@dibkit/model";
import type { ImageConfiguration } from "./configuration.js";

/** One entry of the YAML that upstream's `diskimage-builder` command reads. */
export interface ImageFileEntry {
  /** `imagename`, or the name of the entry before. */
  readonly name: string;
  readonly fields: ReadonlyMap<string, { readonly keyLocation: Location; readonly node: DataNode }>;
  readonly location: Location;
}

/** What a rule about an image file may look at. */
export interface ImageFileContext {
  readonly source: SourceText;
  /** The parsed list; undefined when it is not YAML. */
  readonly root: DataNode | undefined;
  readonly entries: readonly ImageFileEntry[];
  /** What the parser complains about. */
  readonly diagnostics: readonly Diagnostic[];
}

export function imageFileContext({ path, text }: SourceText): ImageFileContext {
  const bytes = new TextEncoder().encode(text);
  const file: RegularFile = { kind: "file", path, origin: { kind: "disk", path }, mode: 0o644, bytes };
  const holder: Element = { name: path, root: path, files: new Map([[path, file]]), origin: "disk" };
  const { root, diagnostics } = parseYaml(holder, file);
  const entries: ImageFileEntry[] = [];
  for (const node of root?.kind === "sequence" ? root.items : []) {
    if (node.kind !== "mapping") continue;
    const fields = new Map(node.entries.map((entry) => [entry.key, entry]));
    const named = fields.get("imagename")?.node;
    // As upstream: an entry without a name belongs to the image before it, the first image is called "image".
    const name = named?.kind === "scalar" ? String(named.value) : (entries.at(-1)?.name ?? "image");
    entries.push({ name, fields, location: named?.location ?? node.location });
  }
  return { source: { path, text }, root, entries, diagnostics };
}

/** The images that the entries make together, as the linter composes them. */
export function imagesOf({ entries }: ImageFileContext): readonly ImageConfiguration[] {
  const images = new Map<string, ImageConfiguration>();
  for (const { name, fields, location } of entries) {
    const before = images.get(name);
    const value = (key: string) => {
      const field = fields.get(key);
      return field && plainData(field.node);
    };
    const elements = value("elements");
    const environment = value("environment");
    const arch = value("arch") ?? before?.arch;
    images.set(name, {
      name,
      location: before?.location ?? location,
      locations: new Map([...(before?.locations ?? []), ...locationsOf(fields.get("elements")?.node)]),
      elements: [...(before?.elements ?? []), ...(Array.isArray(elements) ? elements.map(String) : [])],
      environment: { ...before?.environment, ...(isMapping(environment) && textsOf(environment)) },
      ...(arch !== undefined && { arch: String(arch) }),
      skipBase: Boolean(value("skip-base") ?? value("ramdisk") ?? before?.skipBase ?? false),
    });
  }
  // Without elements there is nothing to compose.
  return [...images.values()].filter(({ elements }) => elements.length > 0);
}

function locationsOf(list: DataNode | undefined): readonly (readonly [string, Location])[] {
  const items = list?.kind === "sequence" ? list.items : [];
  return items.flatMap((item) => (item.kind === "scalar" ? [[String(item.value), item.location] as const] : []));
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function textsOf(values: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)]));
}
