import { err, ok, type Result } from "@dibkit/model";
import { openRegistryClient, parseRepository, type RegistryClient, renderRepository } from "@dibkit/registry";
import { readManifest, readRecord, type SharedEntry } from "./layer-image.js";
import type { RemoteContext } from "./remote-context.js";

/** A layer that a registry has. */
export interface RemoteLayer {
  readonly entry: SharedEntry;
  /** Bytes that fetching it takes. */
  readonly bytes: number;
}

export interface RemoteList {
  /** The repository as a user writes it. */
  readonly repository: string;
  /** By time, the oldest first. */
  readonly layers: readonly RemoteLayer[];
}

const AT_ONCE = 8;
const KEY = /^[0-9a-f]{40}$/;

/**
 * The layers in a repository; the error is a sentence. What is not dibkit's is passed over, and so is what goes away
 * meanwhile.
 */
export async function listRemoteLayers(
  word: string,
  context: Pick<RemoteContext, "env" | "commands" | "signal">,
): Promise<Result<RemoteList, string>> {
  const parsed = parseRepository(word);
  if (!parsed.ok) return err(`"${word}" ${parsed.error}`);
  const repository = renderRepository(parsed.value.repository);
  const client = openRegistryClient(parsed.value.repository, context);
  try {
    const tags = await client.tags();
    if (!tags.ok) return err(`the registry of ${repository} ${tags.error.message}`);
    const keys = tags.value.filter((tag) => KEY.test(tag));
    const layers: RemoteLayer[] = [];
    const work = async () => {
      for (let key = keys.pop(); key !== undefined; key = keys.pop()) {
        const layer = await readLayer(client, key);
        if (layer !== undefined) layers.push(layer);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    return ok({ repository, layers: layers.sort((a, b) => (a.entry.created < b.entry.created ? -1 : 1)) });
  } finally {
    client.close();
  }
}

async function readLayer(client: RegistryClient, key: string): Promise<RemoteLayer | undefined> {
  const found = await client.manifest(key);
  const manifest = found.ok && found.value !== undefined ? readManifest(found.value.text) : undefined;
  if (manifest?.ok !== true) return undefined;
  const config = await client.readBlob(manifest.value.config);
  const record = config.ok ? readRecord(config.value) : undefined;
  if (record?.entry.key !== key) return undefined;
  return { entry: record.entry, bytes: manifest.value.blobs.reduce((sum, { descriptor }) => sum + descriptor.size, 0) };
}
