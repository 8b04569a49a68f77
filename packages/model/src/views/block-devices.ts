import type { Diagnostic, Location } from "../diagnostic.js";
import type { Element, RegularFile } from "../element.js";
import { checkSchema } from "../schemas/check-schema.js";
import type { DataNode } from "./data-node.js";
import { firstLine, metadataFile } from "./metadata-file.js";
import { parseYaml } from "./parse-yaml.js";
import type { View } from "./view.js";

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

/** Every `block-device-*.yaml` of an element. What the nodes mean together is not checked here. */
export function parseBlockDevices(element: Element): View<readonly BlockDeviceConfig[]> {
  const value: BlockDeviceConfig[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const path of element.files.keys()) {
    const name = /^block-device-([^/]+)\.yaml$/.exec(path)?.[1];
    const file = name === undefined ? undefined : metadataFile(element, path);
    if (name === undefined || file === undefined) continue;
    const parsed = parseYaml(element, file);
    const { root } = parsed;
    const schema =
      root !== undefined && parsed.diagnostics.length === 0 ? checkSchema("block-device", root, element.name) : [];
    for (const one of [...parsed.diagnostics, ...schema]) diagnostics.push(one);
    value.push({ name, path, file, root, location: firstLine(element, file) });
  }
  return { value, diagnostics };
}
