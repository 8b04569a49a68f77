import type { BlockDeviceEntry, ValuePath } from "./block-device-entry.js";
import { nearest } from "./field.js";
import { listed, type Report } from "./finding.js";
import type { LocatedYaml } from "./located-yaml.js";

type Values = Readonly<Record<string, unknown>>;

const isMap = (value: unknown): value is Values =>
  typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date);

/**
 * Turns the tree notation into the graph notation: an entry inside another becomes an entry of its own whose `base` is
 * the outer one, and a missing name is made up as `<kind>_<base>`. Inner entries come first, as upstream orders them,
 * because the order decides between nodes that do not depend on each other.
 */
export function flattenTree(yaml: LocatedYaml, kinds: readonly string[], report: Report): readonly BlockDeviceEntry[] {
  if (!Array.isArray(yaml.value)) {
    report("shape", "a block-device configuration is a list of entries", yaml.locate([]), {
      help: `start each entry with "- KIND:", where KIND is ${listed(kinds)}`,
    });
    return [];
  }
  const flat: BlockDeviceEntry[] = [];
  for (const [index, entry] of yaml.value.entries()) {
    const keys = isMap(entry) ? Object.keys(entry) : [];
    const kind = keys[0];
    if (!isMap(entry) || kind === undefined) {
      report("shape", `entry ${index + 1} is not a map of a kind to its values`, yaml.locate([index]));
    } else if (keys.length > 1) {
      report(
        "shape",
        `entry ${index + 1} has ${keys.length} keys but one is allowed: ${listed(keys)}`,
        yaml.locate([index]),
        {
          help: `indent ${listed(keys.slice(1))} under "${kind}", or start another entry with "-"`,
        },
      );
    } else if (!kinds.includes(kind)) {
      const near = nearest(kind, kinds);
      report("unknown-kind", `unknown kind "${kind}"; a kind is ${listed(kinds)}`, yaml.locate([index, kind], "key"), {
        ...(near === undefined ? {} : { help: `write "${near}"`, rename: near }),
      });
    } else flatten({ yaml, kinds, report, flat }, kind, entry[kind], [index, kind], undefined);
  }
  return flat;
}

interface Flattening {
  readonly yaml: LocatedYaml;
  readonly kinds: readonly string[];
  readonly report: Report;
  readonly flat: BlockDeviceEntry[];
}

function flatten(state: Flattening, kind: string, raw: unknown, at: ValuePath, outer: string | undefined): void {
  const { yaml, kinds, report, flat } = state;
  if (!isMap(raw)) {
    report("shape", `"${kind}" has no values`, yaml.locate(at, "key"), { help: "indent its keys under it" });
    return;
  }
  const base = raw.base ?? outer;
  const name = raw.name ?? (typeof base === "string" ? `${kind}_${base}` : undefined);
  if (name === undefined) {
    report("missing-key", `"${kind}" has neither a name nor a base`, yaml.locate(at, "key"), { help: 'add "name"' });
    return;
  }
  if (typeof name !== "string") {
    report("wrong-type", `the name of "${kind}" is not text`, yaml.locate([...at, "name"]), { help: "quote it" });
    return;
  }
  const values: Record<string, unknown> = base === undefined ? { name } : { base, name };
  for (const [key, value] of Object.entries(raw)) {
    if (key === "partitions" && Array.isArray(value))
      values.partitions = flattenPartitions(state, value, [...at, key], base);
    else if (kinds.includes(key)) flatten(state, key, value, [...at, key], name);
    else if (key !== "base" && key !== "name") values[key] = value;
  }
  flat.push({ kind, name, values, locate: (path, part) => yaml.locate([...at, ...path], part) });
}

/** Partitions stay inside their `partitioning` entry; only what is made on them becomes entries. */
function flattenPartitions(
  state: Flattening,
  list: readonly unknown[],
  at: ValuePath,
  base: unknown,
): readonly unknown[] {
  return list.map((partition, index) => {
    if (!isMap(partition)) return partition;
    const own: Record<string, unknown> = {};
    for (const [key, value] of Object.entries(partition)) {
      if (!state.kinds.includes(key)) own[key] = value;
      else if (typeof partition.name === "string") flatten(state, key, value, [...at, index, key], partition.name);
    }
    return { ...own, ...(base === undefined ? {} : { base }) };
  });
}
