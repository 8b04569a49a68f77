import { architectureFacts, err, jsonOf, ok, type Result } from "@dibkit/model";
import { type Claims, CONFIG_TYPE, type Descriptor, MANIFEST_TYPE, sha256Digest } from "@dibkit/registry";
import type { LayerEntry, OutputEntry, StepEntry } from "../job/layer.js";
import { treesOf } from "../job/layer.js";
import type { LayerKind } from "./oci-whiteouts.js";
import type { PackedTree } from "./pack-tree.js";

/** Entries that machines share. Populated disks are not: making one of a tree takes no longer than its transfer. */
export type SharedEntry = StepEntry | OutputEntry;

/** A tree of an entry as a manifest names it. */
export interface LayerBlob {
  readonly tree: string;
  readonly descriptor: Descriptor;
  /** Bytes of the archive in it. */
  readonly unpacked: number;
  /** It has directories that were renamed, as overlayfs notes it. */
  readonly redirects: boolean;
  /** It has to be opened with the project's key before it is unpacked. */
  readonly sealed?: true;
}

/** The two documents that make an image of packed trees. */
export interface LayerImage {
  readonly config: { readonly digest: string; readonly bytes: Buffer };
  readonly manifest: string;
}

export const LAYER_TYPE = "application/vnd.oci.image.layer.v1.tar+zstd";
const TREE = "dibkit.tree";
const UNPACKED = "dibkit.unpacked-bytes";
const REDIRECTS = "dibkit.redirects";
/** The tree of an image whose step changed nothing: an OCI image needs a layer. */
export const NO_TREE = "none";
const RECORD_VERSION = 1;

export function shareable(entry: LayerEntry): entry is SharedEntry {
  return entry.kind === "step" || entry.kind === "output";
}

/** The tag of an entry: the key that builds ask for. */
export function tagOf(entry: LayerEntry): string {
  return entry.asked ?? entry.key;
}

/** What a signature of an entry's image says besides its digest, so that it counts under one key only. */
export function claimsOf(key: string): Claims {
  return { "dibkit.key": key };
}

/** The record as others get it: what concerns this machine's store only is left out. */
export function withoutLocal(given: SharedEntry): SharedEntry {
  const { asked: _asked, origin: _origin, secretFree: _secretFree, ...rest } = given;
  return { ...rest, key: tagOf(given) };
}

export function renderLayerImage(
  given: SharedEntry,
  kind: LayerKind,
  architecture: string,
  packed: readonly { readonly tree: string; readonly packed: PackedTree }[],
): LayerImage {
  const entry = withoutLocal(given);
  const step = `${entry.label.phase}/${entry.label.script}`;
  const labels = {
    "dibkit.step": step,
    ...(entry.label.element === undefined ? {} : { "dibkit.element": entry.label.element }),
    "dibkit.key": entry.key,
  };
  const config = Buffer.from(
    JSON.stringify({
      created: entry.created,
      ...(architectureFacts(architecture)?.oci ?? { architecture }),
      os: "linux",
      config: { Labels: labels },
      rootfs: { type: "layers", diff_ids: packed.map((one) => one.packed.diffId) },
      history: packed.map(({ tree }) => ({ created: entry.created, created_by: `dibkit ${step} (${tree})` })),
      dibkit: { version: RECORD_VERSION, layers: kind, entry },
    }),
  );
  const layers = packed.map(({ tree, packed: { digest, size, unpacked, redirects } }) => ({
    mediaType: LAYER_TYPE,
    digest,
    size,
    annotations: { [TREE]: tree, [UNPACKED]: String(unpacked), ...(redirects ? { [REDIRECTS]: "true" } : {}) },
  }));
  const digest = sha256Digest(config);
  const manifest = {
    schemaVersion: 2,
    mediaType: MANIFEST_TYPE,
    config: { mediaType: CONFIG_TYPE, digest, size: config.length },
    layers,
    annotations: { "org.opencontainers.image.created": entry.created, "org.opencontainers.image.title": step },
  };
  return { config: { digest, bytes: config }, manifest: JSON.stringify(manifest) };
}

type Fields = Readonly<Record<string, unknown>>;

export function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function parseFields(text: string): Fields | undefined {
  const value = jsonOf(text);
  return isFields(value) ? value : undefined;
}

function descriptorOf(value: unknown): Descriptor | undefined {
  if (!isFields(value)) return undefined;
  const { mediaType, digest, size, annotations = {} } = value;
  if (typeof mediaType !== "string" || typeof digest !== "string" || !/^sha256:[0-9a-f]{64}$/.test(digest))
    return undefined;
  if (typeof size !== "number" || !Number.isSafeInteger(size) || size < 0 || !isFields(annotations)) return undefined;
  return { mediaType, digest, size, annotations: annotations as Record<string, string> };
}

/** The descriptors in an OCI image manifest; the error is the end of a sentence about the registry. */
export function manifestParts(
  text: string,
): Result<{ readonly config: Descriptor; readonly layers: readonly Descriptor[] }, string> {
  const document = parseFields(text);
  const config = descriptorOf(document?.config);
  if (document?.schemaVersion !== 2 || config?.mediaType !== CONFIG_TYPE || !Array.isArray(document.layers))
    return err("sent something that is no OCI image manifest");
  const layers = (document.layers as readonly unknown[]).map(descriptorOf);
  const whole = layers.filter((layer) => layer !== undefined);
  return whole.length === layers.length ? ok({ config, layers: whole }) : err(NOT_OURS);
}

const NOT_OURS = "has an image there that dibkit has not made";

/** What a manifest names; the error is the end of a sentence about the registry. */
export function readManifest(
  text: string,
): Result<{ readonly config: Descriptor; readonly blobs: readonly LayerBlob[] }, string> {
  const parts = manifestParts(text);
  if (!parts.ok) return parts;
  const blobs: LayerBlob[] = [];
  for (const descriptor of parts.value.layers) {
    const tree = descriptor.annotations?.[TREE];
    const unpacked = Number(descriptor.annotations?.[UNPACKED]);
    if (descriptor.mediaType !== LAYER_TYPE || typeof tree !== "string" || !Number.isSafeInteger(unpacked))
      return err(NOT_OURS);
    blobs.push({ tree, descriptor, unpacked, redirects: descriptor.annotations?.[REDIRECTS] !== undefined });
  }
  return ok({ config: parts.value.config, blobs });
}

/** The record in a configuration, and of which kind the layers are; undefined when it is not dibkit's. */
export function readRecord(bytes: Buffer): { readonly entry: SharedEntry; readonly layers: unknown } | undefined {
  const record = parseFields(bytes.toString("utf8"))?.dibkit;
  if (!isFields(record) || record.version !== RECORD_VERSION || !isEntry(record.entry)) return undefined;
  return { entry: record.entry, layers: record.layers };
}

/** Digests of the archives in an image's blobs, in their order. */
export function readDiffIds(bytes: Buffer): readonly (string | undefined)[] {
  const rootfs = parseFields(bytes.toString("utf8"))?.rootfs;
  const ids = isFields(rootfs) && Array.isArray(rootfs.diff_ids) ? (rootfs.diff_ids as readonly unknown[]) : [];
  return ids.map((id) => (typeof id === "string" && /^sha256:[0-9a-f]{64}$/.test(id) ? id : undefined));
}

/** The record of a step in a configuration; the error is the end of a sentence about the registry. */
export function readConfig(
  bytes: Buffer,
  key: string,
  kind: LayerKind,
  blobs: readonly LayerBlob[],
): Result<SharedEntry, string> {
  const record = readRecord(bytes);
  if (record === undefined) return err(NOT_OURS);
  const { entry } = record;
  if (entry.key !== key) return err(`has the image of another key, ${entry.key.slice(0, 12)}, there`);
  if (record.layers !== kind) return err(`has a layer of the kind "${String(record.layers)}" there`);
  const named = blobs.map(({ tree }) => tree).filter((tree) => tree !== NO_TREE);
  if (JSON.stringify([...named].sort()) !== JSON.stringify([...treesOf(entry)].sort()))
    return err("has an image there whose layers are not those of its record");
  return ok(entry);
}

export function isEntry(value: unknown): value is SharedEntry {
  if (!isFields(value)) return false;
  const { version, kind, key, label, created, seconds, content, bytes, ingredients } = value;
  const common =
    version === 2 &&
    typeof key === "string" &&
    isFields(label) &&
    typeof label.phase === "string" &&
    typeof label.script === "string" &&
    typeof created === "string" &&
    !Number.isNaN(Date.parse(created)) &&
    typeof seconds === "number" &&
    typeof content === "string" &&
    typeof bytes === "number" &&
    isFields(ingredients) &&
    value.asked === undefined &&
    value.origin === undefined &&
    value.secretFree === undefined;
  if (!common || kind === "output") return common;
  const { changed, mounts, hooksBefore, network, unwatched, images } = value;
  const trees = ["root", "hooks", "host"];
  return (
    kind === "step" &&
    isFields(changed) &&
    trees.every((tree) => typeof changed[tree] === "boolean") &&
    Array.isArray(mounts) &&
    mounts.every(isMount) &&
    isFields(hooksBefore) &&
    (network === undefined || isUse(network)) &&
    (unwatched === undefined || typeof unwatched === "string") &&
    (images === undefined || (Array.isArray(images) && images.every(isContainerImage)))
  );
}

function isContainerImage(image: unknown): boolean {
  return isFields(image) && typeof image.name === "string" && typeof image.digest === "string";
}

function isUse(network: unknown): boolean {
  if (!isFields(network) || typeof network.network !== "string" || !Array.isArray(network.fetched)) return false;
  const { kept } = network;
  if (kept !== undefined && !(isFields(kept) && isTexts(kept.before))) return false;
  return network.fetched.every(
    (one) =>
      isFields(one) && typeof one.method === "string" && typeof one.url === "string" && typeof one.bytes === "number",
  );
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((one) => typeof one === "string");
}

/** Mounts are made again on the host, by a shell: nothing but what dibkit itself records. */
function isMount(mount: unknown): boolean {
  if (!isFields(mount) || typeof mount.at !== "string" || typeof mount.readOnly !== "boolean") return false;
  switch (mount.kind) {
    case "filesystem":
      return ["proc", "sysfs", "devpts"].includes(String(mount.type));
    case "bind":
      return typeof mount.source === "string";
    case "bind-inside":
      return typeof mount.from === "string";
    default:
      return mount.kind === "tmpfs";
  }
}
