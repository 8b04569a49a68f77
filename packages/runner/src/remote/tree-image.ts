import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { bashCommand, type CommandRunner } from "@dibkit/exec";
import { architectureFacts, err, ok, type Result } from "@dibkit/model";
import {
  CONFIG_TYPE,
  type Descriptor,
  MANIFEST_TYPE,
  pushSignature,
  type RegistryClient,
  type RegistryFailure,
  type SigningKey,
  sha256Digest,
  wrongContent,
} from "@dibkit/registry";
import { renderTreeMount } from "../host/tree-mount.js";
import type { LayerEntry } from "../job/layer.js";
import { LAYER_TYPE, readDiffIds, readManifest, readRecord, tagOf } from "./layer-image.js";
import { packTree } from "./pack-tree.js";
import type { RemoteContext } from "./remote-context.js";

/** The finished tree of a build, to be pushed as one image that any container engine runs. */
export interface FinishedTree {
  /** Names of its layers in the store, newest first. */
  readonly layers: readonly string[];
  /** Name of the outputs. */
  readonly image: string;
}

interface TreeLayer extends Pick<Descriptor, "digest" | "size"> {
  readonly diffId: string;
  readonly step: string;
}

/** The tag of a tree: what tags may not have becomes a dash. */
export function treeTag(image: string): string {
  return `tree-${image.replaceAll(/[^\w.-]/g, "-").slice(0, 120)}`;
}

/** Puts the image of a tree together from blobs that are in the registry, or from one that is made for it. */
export async function pushTreeImage(
  client: RegistryClient,
  tree: FinishedTree,
  signing: SigningKey | undefined,
  context: RemoteContext,
): Promise<Result<void, RegistryFailure>> {
  const there = await layersThere(client, tree, context);
  if (!there.ok) return there;
  const layers = there.value === undefined ? await pushSquashed(client, tree, context) : ok(there.value);
  if (!layers.ok) return layers;
  const config = Buffer.from(
    JSON.stringify({
      created: new Date().toISOString(),
      ...(architectureFacts(context.architecture)?.oci ?? { architecture: context.architecture }),
      ...{ os: "linux", config: { Labels: { "dibkit.image": tree.image } } },
      rootfs: { type: "layers", diff_ids: layers.value.map(({ diffId }) => diffId) },
      history: layers.value.map(({ step }) => ({ created_by: `dibkit ${step}` })),
    }),
  );
  const about = { digest: sha256Digest(config), size: config.length };
  const sent = await client.pushBlob(about, config);
  if (!sent.ok) return sent;
  const manifest = JSON.stringify({
    ...{ schemaVersion: 2, mediaType: MANIFEST_TYPE, config: { mediaType: CONFIG_TYPE, ...about } },
    layers: layers.value.map(({ digest, size }) => ({ mediaType: LAYER_TYPE, digest, size })),
    annotations: { "org.opencontainers.image.title": tree.image },
  });
  const tag = treeTag(tree.image);
  const signed = signing && (await pushSignature(client, sha256Digest(manifest), { "dibkit.image": tag }, signing));
  if (signed?.ok === false) return signed;
  return client.pushManifest(tag, MANIFEST_TYPE, manifest);
}

/**
 * The layers of the steps, oldest first; undefined when one is not there, or is another one there, or has marks of
 * overlayfs that container engines do not follow: the new place of a directory that was renamed.
 */
async function layersThere(
  client: RegistryClient,
  { layers }: FinishedTree,
  { store }: RemoteContext,
): Promise<Result<readonly TreeLayer[] | undefined, RegistryFailure>> {
  const found: TreeLayer[] = [];
  for (const name of layers.toReversed()) {
    const entry = await store.named(name);
    const layer = entry && (await layerThere(client, entry));
    if (layer?.ok === false) return layer;
    if (layer?.value === undefined) return ok(undefined);
    found.push(layer.value);
  }
  return ok(found);
}

async function layerThere(
  client: RegistryClient,
  entry: LayerEntry,
): Promise<Result<TreeLayer | undefined, RegistryFailure>> {
  const found = await client.manifest(tagOf(entry));
  if (!found.ok || found.value === undefined) return found.ok ? ok(undefined) : found;
  const manifest = readManifest(found.value.text);
  if (!manifest.ok) return ok(undefined);
  const { config, blobs } = manifest.value;
  const at = blobs.findIndex(({ tree }) => tree === "root");
  const blob = blobs[at];
  if (blob === undefined || blob.redirects) return ok(undefined);
  const bytes = await client.readBlob(config);
  if (!bytes.ok) return bytes.error.kind === "content" ? ok(undefined) : bytes;
  const diffId = readDiffIds(bytes.value)[at];
  if (diffId === undefined || readRecord(bytes.value)?.entry.content !== entry.content) return ok(undefined);
  const { digest, size } = blob.descriptor;
  return ok({ digest, size, diffId, step: `${entry.label.phase}/${entry.label.script}` });
}

/** The whole tree as one layer. */
async function pushSquashed(
  client: RegistryClient,
  { layers }: FinishedTree,
  context: RemoteContext,
): Promise<Result<readonly TreeLayer[], RegistryFailure>> {
  const { store, commands, signal, scratch } = context;
  const view = join(scratch, "tree-view");
  const file = join(scratch, "tree.tar.zst");
  await mkdir(view, { recursive: true });
  try {
    const lower = [...layers.map((layer) => `${layer}/root`), "empty"];
    const mounted = await commands.run(bashCommand(renderTreeMount({ base: store.layers, lower, at: view })));
    if (!mounted.ok) return err(wrongContent(`has no image of the tree: ${mounted.error.tail.at(-1) ?? "no mount"}`));
    const packed = await packTree(commands, view, file, signal).finally(() => unmount(commands, view));
    if (!packed.ok) return err(wrongContent(`cannot have the tree: ${packed.error}`));
    const { digest, size, diffId } = packed.value;
    const sent = await client.pushBlob({ digest, size }, packed.value);
    return sent.ok ? ok([{ digest, size, diffId, step: "(all steps)" }]) : sent;
  } finally {
    await rm(file, { force: true });
  }
}

async function unmount(commands: CommandRunner, view: string): Promise<void> {
  await commands.run(["umount", view]);
}
