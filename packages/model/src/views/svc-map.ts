import type { Location } from "../diagnostic.js";
import type { RegularFile } from "../element.js";
import type { DataNode } from "./data-node.js";

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
