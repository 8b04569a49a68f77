import type { Location } from "../diagnostic.js";
import type { RegularFile } from "../element.js";
import type { DataNode } from "./data-node.js";

/** A `block-device-<name>.yaml` of an element. */
export interface BlockDeviceConfig {
  /** `default`, or the architecture it is for. */
  readonly name: string;
  readonly path: string;
  readonly file: RegularFile;
  /** The parsed list; undefined when the file is empty or does not parse. */
  readonly root: DataNode | undefined;
  readonly location: Location;
}
