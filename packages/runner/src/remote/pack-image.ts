import { rm } from "node:fs/promises";
import { join } from "node:path";
import { err, ok, type Result } from "@dibkit/model";
import { type RegistryFailure, wrongContent } from "@dibkit/registry";
import { treesOf } from "../job/layer.js";
import { layerName } from "../layers/layer-store.js";
import { type LayerImage, NO_TREE, renderLayerImage, type SharedEntry, tagOf } from "./layer-image.js";
import { type PackedTree, packTree } from "./pack-tree.js";
import type { RemoteContext } from "./remote-context.js";
import { renderSealedImage, type SealedTree } from "./sealed-image.js";
import type { Sealing } from "./sealing.js";

/** The tag that an entry has in a registry. */
export function remoteTag(entry: SharedEntry, sealing: Sealing | undefined): string {
  return sealing === undefined ? tagOf(entry) : sealing.tagOf(tagOf(entry));
}

interface TreeFile {
  readonly tree: string;
  readonly packed: PackedTree;
}

export async function packTrees(
  entry: SharedEntry,
  { store, commands, signal }: RemoteContext,
  scratch: string,
): Promise<Result<readonly TreeFile[], RegistryFailure>> {
  const trees = treesOf(entry);
  const packed: TreeFile[] = [];
  for (const tree of trees.length === 0 ? [NO_TREE] : trees) {
    const directory = tree === NO_TREE ? join(scratch, NO_TREE) : store.treeDirectory(layerName(entry.key), tree);
    const made = await packTree(commands, directory, join(scratch, `${tree}.tar.zst`), signal);
    if (!made.ok) return err(wrongContent(`cannot have it: ${made.error}`));
    packed.push({ tree, packed: made.value });
  }
  return ok(packed);
}

/** The image of packed trees, and the files that it consists of. */
export async function imageOf(
  entry: SharedEntry,
  { kind, architecture }: RemoteContext,
  packed: readonly TreeFile[],
  sealing: Sealing | undefined,
): Promise<{ readonly image: LayerImage; readonly blobs: readonly Pick<PackedTree, "file" | "digest" | "size">[] }> {
  if (sealing === undefined) {
    const image = renderLayerImage(entry, kind, architecture, packed);
    return { image, blobs: packed.map((one) => one.packed) };
  }
  const tag = remoteTag(entry, sealing);
  const sealed: (SealedTree & { readonly file: string })[] = [];
  for (const { tree, packed: plain } of packed) {
    const file = `${plain.file}.sealed`;
    const { unpacked, redirects } = plain;
    sealed.push({ tree, unpacked, redirects, file, ...(await sealing.sealFile(plain.file, file, tag, tree)) });
    await rm(plain.file);
  }
  return { image: renderSealedImage(entry, kind, architecture, sealed, sealing), blobs: sealed };
}
