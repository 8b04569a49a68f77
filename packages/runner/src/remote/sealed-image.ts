import { architectureFacts, err, ok, type Result } from "@dibkit/model";
import { CONFIG_TYPE, type Descriptor, MANIFEST_TYPE, sha256Digest } from "@dibkit/registry";
import { treesOf } from "../job/layer.js";
import {
  isEntry,
  isFields,
  type LayerBlob,
  type LayerImage,
  manifestParts,
  NO_TREE,
  parseFields,
  type SharedEntry,
  tagOf,
  withoutLocal,
} from "./layer-image.js";
import type { LayerKind } from "./oci-whiteouts.js";
import type { Sealing } from "./sealing.js";

/** A tree of a layer as an archive that only those can open who have the project's key. */
export const SEALED_TYPE = "application/vnd.dibkit.sealed.v1";
const RECORD = "record";

/** A sealed archive, and what there is to know to unpack it. */
export interface SealedTree {
  readonly tree: string;
  readonly unpacked: number;
  readonly redirects: boolean;
  readonly digest: string;
  readonly size: number;
}

/** The image of an entry of which nothing can be read but which step it is of, how large, and from when. */
export function renderSealedImage(
  entry: SharedEntry,
  kind: LayerKind,
  architecture: string,
  trees: readonly SealedTree[],
  sealing: Sealing,
): LayerImage {
  const tag = sealing.tagOf(tagOf(entry));
  const step = `${entry.label.phase}/${entry.label.script}`;
  const parts = trees.map(({ tree, unpacked, redirects }) => ({ tree, unpacked, redirects }));
  const record = Buffer.from(JSON.stringify({ entry: withoutLocal(entry), layers: kind, trees: parts }));
  const config = Buffer.from(
    JSON.stringify({
      created: entry.created,
      ...(architectureFacts(architecture)?.oci ?? { architecture }),
      os: "linux",
      config: { Labels: { "dibkit.step": step, "dibkit.sealed": "aes-256-gcm" } },
      rootfs: { type: "layers", diff_ids: trees.map(({ digest }) => digest) },
      history: trees.map(() => ({ created: entry.created, created_by: `dibkit ${step} (sealed)` })),
      dibkit: { version: 1, sealed: sealing.seal(record, tag, RECORD).toString("base64") },
    }),
  );
  const digest = sha256Digest(config);
  const manifest = {
    schemaVersion: 2,
    mediaType: MANIFEST_TYPE,
    config: { mediaType: CONFIG_TYPE, digest, size: config.length },
    layers: trees.map((tree) => ({ mediaType: SEALED_TYPE, digest: tree.digest, size: tree.size })),
    annotations: { "org.opencontainers.image.created": entry.created, "org.opencontainers.image.title": step },
  };
  return { config: { digest, bytes: config }, manifest: JSON.stringify(manifest) };
}

/** The descriptors in a manifest of a sealed image; the error is the end of a sentence about the registry. */
export function readSealedManifest(
  text: string,
): Result<{ readonly config: Descriptor; readonly layers: readonly Descriptor[] }, string> {
  const parts = manifestParts(text);
  if (!parts.ok) return parts;
  const sealed = parts.value.layers.every(({ mediaType }) => mediaType === SEALED_TYPE);
  return sealed ? parts : err("has an image there that is not sealed, though it could hold a secret");
}

/** The entry of a key and its blobs; the error is the end of a sentence about the registry. */
export function readSealedConfig(
  bytes: Buffer,
  key: string,
  kind: LayerKind,
  layers: readonly Descriptor[],
  sealing: Sealing,
): Result<{ readonly entry: SharedEntry; readonly blobs: readonly LayerBlob[] }, string> {
  const given = parseFields(bytes.toString("utf8"))?.dibkit;
  const sealed = isFields(given) && typeof given.sealed === "string" ? Buffer.from(given.sealed, "base64") : undefined;
  const opened = sealed && sealing.open(sealed, sealing.tagOf(key), RECORD);
  if (opened === undefined) return err("has an image there that was sealed with another key");
  const record = parseFields(opened.toString("utf8"));
  const { entry, trees } = record ?? {};
  if (!isEntry(entry) || !Array.isArray(trees) || trees.length !== layers.length || entry.key !== key)
    return err("has an image of another key there");
  if (record?.layers !== kind) return err(`has a layer of the kind "${String(record?.layers)}" there`);
  const blobs = (trees as readonly Omit<SealedTree, "digest" | "size">[]).map(({ tree, unpacked, redirects }, at) => ({
    ...{ tree, unpacked, redirects, sealed: true as const },
    descriptor: layers[at] as Descriptor,
  }));
  const named = blobs.map(({ tree }) => tree).filter((tree) => tree !== NO_TREE);
  const fine = JSON.stringify([...named].sort()) === JSON.stringify([...treesOf(entry)].sort());
  return fine ? ok({ entry, blobs }) : err("has an image there whose layers are not those of its record");
}
