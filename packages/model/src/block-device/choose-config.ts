import { type Element, regularFileAt, textOf } from "../element.js";
import { err, ok, type Result } from "../result.js";
import type { SourceText } from "../source-text.js";

/** Where the configuration was found; `others` are files of other elements that lost. */
export interface ChosenBlockDevices {
  readonly source: SourceText;
  readonly from: "variable" | "file" | "element" | "built-in";
  readonly element?: string;
  readonly others: readonly SourceText[];
}

export interface UnreadableBlockDevices {
  readonly kind: "unreadable-block-device-config";
  readonly path: string;
}

const BUILT_IN: SourceText = {
  path: "(built-in block-device configuration)",
  text: `- local_loop:
    name: image0
    mkfs:
      name: mkfs_root
      mount:
        mount_point: /
        fstab:
          options: defaults
          fsck-passno: 1
`,
};

/**
 * The configuration upstream would use: `DIB_BLOCK_DEVICE_CONFIG` (YAML, or `file://PATH`), else the first element with
 * a `block-device-<ARCH>.yaml` or `block-device-default.yaml`, else one filesystem on the whole disk. Upstream takes
 * elements in hash order; here the order of the list decides. `read` returns undefined for a file that cannot be read.
 */
export function chooseBlockDevices(
  variable: string | undefined,
  elements: readonly Element[],
  arch: string,
  read: (path: string) => string | undefined,
): Result<ChosenBlockDevices, UnreadableBlockDevices> {
  if (variable?.startsWith("file://")) {
    const path = variable.slice("file://".length);
    const text = read(path);
    if (text === undefined) return err({ kind: "unreadable-block-device-config", path });
    return ok({ source: { path, text }, from: "file", others: [] });
  }
  if (variable !== undefined && variable !== "") {
    return ok({ source: { path: "DIB_BLOCK_DEVICE_CONFIG", text: variable }, from: "variable", others: [] });
  }
  // ppc64le and ppc64el are one architecture with two names; elements carry the file under the latter.
  const file = `block-device-${arch === "ppc64le" ? "ppc64el" : arch}.yaml`;
  const found = elements.flatMap((element) => {
    const regular = regularFileAt(element, file) ?? regularFileAt(element, "block-device-default.yaml");
    return regular === undefined ? [] : [{ element: element.name, source: textOf(element, regular) }];
  });
  const [first, ...rest] = found;
  if (first === undefined) return ok({ source: BUILT_IN, from: "built-in", others: [] });
  return ok({ ...first, from: "element", others: rest.map(({ source }) => source) });
}
