import type { Location } from "../diagnostic.js";
import type { Element, RegularFile } from "../element.js";
import { checkSchema } from "../schemas/check-schema.js";
import { type DataNode, entryOf } from "./data-node.js";
import { metadataFile } from "./metadata-file.js";
import { parseJson } from "./parse-json.js";
import type { View } from "./view.js";

/** Sections of a pkg-map, the most specific first. */
export const PKG_MAP_SECTIONS = ["release", "distro", "family", "default"] as const;
export type PkgMapSection = (typeof PKG_MAP_SECTIONS)[number];

/** One mapping of a name to packages. */
export interface PkgMapEntry {
  readonly section: PkgMapSection;
  /** Distro (sections `release`, `distro`) or family; undefined for `default`. */
  readonly key: string | undefined;
  /** Release (section `release`). */
  readonly release: string | undefined;
  readonly name: string;
  /** The packages, split at white space; empty means "install nothing". */
  readonly packages: readonly string[];
  /** Where the name is written. */
  readonly location: Location;
  readonly valueLocation: Location;
}

export interface PkgMap {
  readonly file: RegularFile;
  readonly entries: readonly PkgMapEntry[];
  /** Whole tree, undefined when the file does not parse at all. */
  readonly root: DataNode | undefined;
}

/** The `pkg-map` of an element; undefined when it has none. */
export function parsePkgMap(element: Element): View<PkgMap | undefined> {
  const file = metadataFile(element, "pkg-map");
  if (file === undefined) return { value: undefined, diagnostics: [] };
  const { root, diagnostics } = parseJson(element, file);
  const schema = root !== undefined && diagnostics.length === 0 ? checkSchema("pkg-map", root, element.name) : [];
  return { value: { file, entries: mappings(root), root }, diagnostics: [...diagnostics, ...schema] };
}

function mappings(root: DataNode | undefined): readonly PkgMapEntry[] {
  const keyed = (section: "distro" | "family") =>
    entriesIn(entryOf(root, section)?.node).flatMap((entry) => names(entry.node, section, entry.key, undefined));
  const releases = entriesIn(entryOf(root, "release")?.node).flatMap((distro) =>
    entriesIn(distro.node).flatMap((release) => names(release.node, "release", distro.key, release.key)),
  );
  const fallback = names(entryOf(root, "default")?.node, "default", undefined, undefined);
  return [...releases, ...keyed("distro"), ...keyed("family"), ...fallback];
}

function names(
  node: DataNode | undefined,
  section: PkgMapSection,
  key: string | undefined,
  release: string | undefined,
): readonly PkgMapEntry[] {
  return entriesIn(node).flatMap((entry) => {
    if (entry.node.kind !== "scalar" || typeof entry.node.value !== "string") return [];
    const packages = entry.node.value.split(/\s+/).filter((word) => word !== "");
    const locations = { location: entry.keyLocation, valueLocation: entry.node.location };
    return [{ section, key, release, name: entry.key, packages, ...locations }];
  });
}

function entriesIn(node: DataNode | undefined) {
  return node?.kind === "mapping" ? node.entries : [];
}
