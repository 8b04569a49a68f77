import type { Diagnostic } from "../diagnostic.js";
import type { SourceText } from "../source-text.js";
import type { BlockDeviceEntry, BlockDeviceGraph } from "./block-device-entry.js";
import { checkFields } from "./field.js";
import { checkLabels } from "./filesystem-labels.js";
import { createReport, type Report } from "./finding.js";
import { flattenTree } from "./flatten-tree.js";
import { orderNodes } from "./graph.js";
import { locateYaml } from "./located-yaml.js";
import { NODE_KINDS } from "./nodes/index.js";

export interface ParsedBlockDeviceGraph {
  /** The configuration in graph notation; undefined when something in it is an error. */
  readonly config: BlockDeviceGraph | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Reads a block-device configuration in tree or graph notation and checks everything that can be known without building:
 * shape, keys, values, names, bases, labels, mounts. Pure. What depends on the size of the image is checked by `planDisk`.
 */
export function parseBlockDeviceGraph(source: SourceText): ParsedBlockDeviceGraph {
  const { diagnostics, report } = createReport();
  const yaml = locateYaml(source);
  for (const { code, message, location = { source, start: 0, end: 0 }, related = [] } of yaml.diagnostics) {
    if (code === "yaml/duplicate-key") report("duplicate-key", message, location, { severity: "warning", related });
    else report("syntax", code === "yaml/syntax" ? `not YAML: ${message}` : message, location);
  }
  const kinds = NODE_KINDS.map(({ kind }) => kind);
  if (diagnostics.some(({ severity }) => severity === "error")) return { config: undefined, diagnostics };
  const entries = flattenTree(yaml, kinds, report);
  const config = { source, entries };
  const typed = entries.map((entry) => checkEntry(entry, report)).every(Boolean);
  if (typed && entries.length > 0) {
    orderNodes(config, report);
    checkLabels(entries, report);
    checkMounts(config, report);
    checkImages(config, report);
  }
  const failed = diagnostics.some(({ severity }) => severity === "error");
  return { config: failed ? undefined : config, diagnostics };
}

function checkEntry(entry: BlockDeviceEntry, report: Report): boolean {
  const kind = NODE_KINDS.find((candidate) => candidate.kind === entry.kind);
  if (kind === undefined) return false;
  if (!checkFields(entry, kind.fields, report)) return false;
  kind.check?.(entry, report);
  return true;
}

function checkMounts({ entries, source }: BlockDeviceGraph, report: Report): void {
  const seen = new Map<unknown, BlockDeviceEntry>();
  for (const entry of entries.filter(({ kind }) => kind === "mount")) {
    const point = entry.values.mount_point;
    const first = seen.get(point);
    if (first === undefined) seen.set(point, entry);
    else {
      report(
        "duplicate-mount",
        `"${point}" is mounted twice, by "${first.name}" and "${entry.name}"`,
        entry.locate(["mount_point"]),
        {
          help: "remove one of the mounts",
          related: [{ message: "first mounted here", location: first.locate(["mount_point"]) }],
        },
      );
    }
  }
  if (seen.has("/")) return;
  const points = [...seen.keys()].map((point) => `"${point}"`).join(", ");
  report(
    "no-root",
    `no filesystem is mounted at "/"${points === "" ? "" : `, only at ${points}`}`,
    { source, start: 0, end: 0 },
    {
      help: 'give the root filesystem "mount: { mount_point: / }"',
    },
  );
}

function checkImages({ entries, source }: BlockDeviceGraph, report: Report): void {
  const loops = entries.filter(({ kind }) => kind === "local_loop");
  if (loops.some(({ name }) => name === "image0")) return;
  const first = loops[0];
  const location = first === undefined ? { source, start: 0, end: 0 } : first.locate(["name"]);
  const names = loops.map(({ name }) => `"${name}"`).join(", ");
  report(
    "no-image",
    first === undefined
      ? "there is no local_loop, so there is no disk"
      : `no local_loop is named "image0", only ${names}`,
    location,
    { help: 'name the disk to boot from "image0"; output formats are made from it' },
  );
}
