import type { Location } from "../diagnostic.js";
import type { RegularFile } from "../element.js";
import type { DataNode } from "./data-node.js";

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
