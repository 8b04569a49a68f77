import type { Diagnostic, Location } from "../diagnostic.js";
import type { SourceText } from "../source-text.js";
import { type DataNode, entryOf, plainData } from "../views/data-node.js";
import { parseYamlText } from "../views/parse-yaml.js";
import type { ValuePath } from "./block-device-entry.js";

/** A YAML text whose values can be found again: what the block-device layer needs of a parser. */
export interface LocatedYaml {
  readonly value: unknown;
  /** Of the parser, with its codes `yaml/…`. */
  readonly diagnostics: readonly Diagnostic[];
  readonly locate: (path: ValuePath, part?: "key" | "value") => Location;
}

/** Reads YAML 1.1 as upstream's parser does (so `0x83` is a number and `yes` is true) and keeps places. */
export function locateYaml(source: SourceText): LocatedYaml {
  const { root, diagnostics } = parseYamlText(source);
  return {
    value: root === undefined ? null : plainData(root),
    diagnostics,
    locate: (path, part = "value") => locate(source, root, path, part),
  };
}

function locate(source: SourceText, root: DataNode | undefined, path: ValuePath, part: "key" | "value"): Location {
  let node = root;
  let location = root?.location ?? { source, start: 0, end: 0 };
  for (const [depth, step] of path.entries()) {
    if (node?.kind === "sequence") {
      const item: DataNode | undefined = node.items[Number(step)];
      if (item === undefined) break;
      node = item;
      location = item.location;
    } else {
      const entry = entryOf(node, String(step));
      if (entry === undefined) break;
      node = entry.node;
      location = part === "key" && depth === path.length - 1 ? entry.keyLocation : node.location;
    }
  }
  return location;
}
