import type { ImageContents, ImageFile } from "./image-contents.js";
import { creditedElement, type SizeGroup, scriptName } from "./measure-sizes.js";

/** A rectangle of a treemap. */
export interface SizeNode {
  readonly name: string;
  readonly bytes: number;
  /** The largest first; absent for a file or for what was too small to be shown on its own. */
  readonly children?: readonly SizeNode[];
}

interface Branch {
  bytes: number;
  readonly children: Map<string, Branch>;
}

/** Parts smaller than this share of the whole are put together, which keeps a page of 40,000 files below a megabyte. */
const SMALLEST_SHARE = 1 / 4000;

/** Bytes as a tree: by directory, or first by element and script or by package and then by directory. */
export function sizeTree(image: ImageContents, owners: ReadonlyMap<string, string>, group: SizeGroup): SizeNode {
  const root: Branch = { bytes: 0, children: new Map() };
  for (const [path, file] of image.files) {
    if (file.type !== "file" || file.bytes === 0) continue;
    let at = root;
    root.bytes += file.bytes;
    for (const name of [...headOf(image, file, owners.get(path), group), ...path.slice(1).split("/")]) {
      const next = at.children.get(name) ?? { bytes: 0, children: new Map() };
      at.children.set(name, next);
      next.bytes += file.bytes;
      at = next;
    }
  }
  return nodeOf("/", root, root.bytes * SMALLEST_SHARE);
}

function headOf(
  image: ImageContents,
  { writer }: ImageFile,
  owner: string | undefined,
  group: SizeGroup,
): readonly string[] {
  if (group === "directory") return [];
  if (group === "package") return [owner ?? "(no package)"];
  return group === "element" ? [creditedElement(image, owner, writer), scriptName(writer)] : [scriptName(writer)];
}

function nodeOf(name: string, branch: Branch, smallest: number): SizeNode {
  const children = [...branch.children].sort(([, a], [, b]) => b.bytes - a.bytes);
  if (children.length === 0) return { name, bytes: branch.bytes };
  const shown = children.filter(([, { bytes }]) => bytes >= smallest);
  const rest = children.slice(shown.length);
  const restBytes = rest.reduce((sum, [, { bytes }]) => sum + bytes, 0);
  return {
    name,
    bytes: branch.bytes,
    ...(shown.length === 0
      ? {}
      : {
          children: [
            ...shown.map(([child, below]) => nodeOf(child, below, smallest)),
            ...(rest.length === 0 ? [] : [{ name: `(${rest.length} smaller)`, bytes: restBytes }]),
          ],
        }),
  };
}
