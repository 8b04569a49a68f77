import { ok, type Result } from "@dibkit/model";
import type { RegistryClient } from "@dibkit/registry";
import { readManifest, readRecord, type SharedEntry } from "./layer-image.js";
import { locksOf, type RemoteLock } from "./lock-artifact.js";
import { eachOf, type LookContext, type OpenRemote, withRemote } from "./open-remote.js";

/** A layer that a registry has. */
export interface RemoteLayer {
  readonly entry: SharedEntry;
  /** Digest of its manifest. */
  readonly digest: string;
  /** Bytes that fetching it takes. */
  readonly bytes: number;
}

export interface RemoteList {
  /** The repository as a user writes it. */
  readonly repository: string;
  /** By time, the oldest first. */
  readonly layers: readonly RemoteLayer[];
  readonly locks: readonly RemoteLock[];
}

/** Whether a tag is that of a layer. */
export function isKey(tag: string): boolean {
  return /^[0-9a-f]{40}$/.test(tag);
}

/**
 * The layers and locks in a repository; the error is a sentence. What is not dibkit's is passed over, and so is what goes away
 * meanwhile.
 */
export function listRemoteLayers(word: string, context: LookContext): Promise<Result<RemoteList, string>> {
  return withRemote(word, context, async (remote) => {
    const tags = await remote.client.tags();
    if (!tags.ok) return { ok: false, error: remote.told(tags.error) };
    const { repository } = remote;
    return ok({
      ...{ repository, layers: await layersOf(remote, tags.value), locks: await locksOf(remote, tags.value) },
    });
  });
}

/** The layers among some tags, the oldest first. */
export async function layersOf({ client }: OpenRemote, tags: readonly string[]): Promise<readonly RemoteLayer[]> {
  const layers: RemoteLayer[] = [];
  await eachOf(tags.filter(isKey), async (key) => {
    const layer = await readLayer(client, key);
    if (layer !== undefined) layers.push(layer);
    return ok(undefined);
  });
  return layers.sort((a, b) => (a.entry.created < b.entry.created ? -1 : 1));
}

async function readLayer(client: RegistryClient, key: string): Promise<RemoteLayer | undefined> {
  const found = await client.manifest(key);
  const manifest = found.ok && found.value !== undefined ? readManifest(found.value.text) : undefined;
  if (!found.ok || found.value === undefined || manifest?.ok !== true) return undefined;
  const { config, blobs } = manifest.value;
  const bytes = await client.readBlob(config);
  const record = bytes.ok ? readRecord(bytes.value) : undefined;
  if (record?.entry.key !== key) return undefined;
  const size = blobs.reduce((sum, { descriptor }) => sum + descriptor.size, 0);
  return { entry: record.entry, digest: found.value.digest, bytes: size };
}
