import type { Diagnostic, Location, RelatedLocation, Severity } from "../diagnostic.js";

/** What each code of the block-device layer means; the codes of diagnostics are `block-device/<key>`. */
export const BLOCK_DEVICE_FINDINGS = {
  syntax: "the configuration is not YAML",
  shape: "an entry is not a map of one kind to its values",
  "unknown-kind": "an entry is of a kind that does not exist",
  "unknown-key": "a key means nothing to its kind, so upstream ignores it silently",
  "missing-key": "a key that the kind needs is missing",
  "wrong-type": "a value has another type than its key needs",
  "bad-value": "a value is not one of those its key takes",
  "duplicate-key": "a key is written twice in one map, so the first is ignored",
  "duplicate-name": "two nodes have one name",
  "missing-base": "a base names no node",
  "wrong-base": "a base names a node of a kind that cannot carry this one",
  cycle: "nodes depend on each other in a circle",
  "duplicate-label": "two filesystems have one label, so mounting by label is ambiguous",
  "label-too-long": "a label is longer than its filesystem can store",
  "duplicate-mount": "two filesystems are mounted at one place",
  "no-root": "nothing is mounted at /",
  "no-image": "no local_loop exists, or none is named image0",
  "partition-order": "a primary partition follows a logical one",
  "does-not-fit": "partitions need more space than the disk has",
  "mbr-block-size": "an MBR table is asked for on a disk whose sectors are not 512 bytes",
} as const;

export type BlockDeviceFinding = keyof typeof BLOCK_DEVICE_FINDINGS;

export type Report = (
  finding: BlockDeviceFinding,
  message: string,
  location: Location,
  more?: {
    readonly help?: string;
    readonly severity?: Severity;
    readonly related?: readonly RelatedLocation[];
    readonly rename?: string;
  },
) => void;

/** A list of diagnostics and the function that adds to it. `rename` becomes a fix that replaces the located text. */
export function createReport(): { readonly diagnostics: Diagnostic[]; readonly report: Report } {
  const diagnostics: Diagnostic[] = [];
  const report: Report = (finding, message, location, more = {}) => {
    const { help, severity = "error", related, rename } = more;
    const { source, start, end } = location;
    diagnostics.push({
      code: `block-device/${finding}`,
      severity,
      message,
      location,
      ...(help === undefined ? {} : { help }),
      ...(related === undefined ? {} : { related }),
      ...(rename === undefined || !source.path.startsWith("/")
        ? {}
        : {
            fix: {
              title: `rename to "${rename}"`,
              safe: false,
              edits: [{ kind: "replace", path: source.path, start, end, text: rename }],
            },
          }),
    });
  };
  return { diagnostics, report };
}

/** `"a", "b" or "c"`. */
export function listed(values: readonly string[]): string {
  const quoted = values.map((value) => `"${value}"`);
  return quoted.length < 2 ? quoted.join("") : `${quoted.slice(0, -1).join(", ")} or ${quoted.at(-1)}`;
}
