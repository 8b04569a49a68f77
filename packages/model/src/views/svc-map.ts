import type { Location } from "../diagnostic.js";
import type { Element, RegularFile } from "../element.js";
import { checkSchema } from "../schemas/check-schema.js";
import type { DataEntry, DataNode } from "./data-node.js";
import { metadataFile } from "./metadata-file.js";
import { parseYaml } from "./parse-yaml.js";
import type { View } from "./view.js";

/** What a service is called on one distro, family, or by default. */
export interface SvcMapName {
  /** A distro, a family, or `default`. */
  readonly key: string;
  readonly service: string;
  readonly location: Location;
  readonly valueLocation: Location;
}

export interface SvcMapEntry {
  readonly name: string;
  readonly names: readonly SvcMapName[];
  readonly location: Location;
}

export interface SvcMap {
  readonly file: RegularFile;
  readonly entries: readonly SvcMapEntry[];
  readonly root: DataNode | undefined;
}

/** The `svc-map` of an element; undefined when it has none. */
export function parseSvcMap(element: Element): View<SvcMap | undefined> {
  const file = metadataFile(element, "svc-map");
  if (file === undefined) return { value: undefined, diagnostics: [] };
  const { root, diagnostics } = parseYaml(element, file);
  const schema = root !== undefined && diagnostics.length === 0 ? checkSchema("svc-map", root, element.name) : [];
  const entries = entriesIn(root).map(({ key: name, keyLocation: location, node }) => ({
    name,
    location,
    names: entriesIn(node).flatMap((entry) => (entry.node.kind === "scalar" ? [serviceName(entry)] : [])),
  }));
  return { value: { file, entries, root }, diagnostics: [...diagnostics, ...schema] };
}

function serviceName(entry: DataEntry): SvcMapName {
  const service = entry.node.kind === "scalar" ? String(entry.node.value ?? "") : "";
  return { key: entry.key, service, location: entry.keyLocation, valueLocation: entry.node.location };
}

function entriesIn(node: DataNode | undefined): readonly DataEntry[] {
  return node?.kind === "mapping" ? node.entries : [];
}
