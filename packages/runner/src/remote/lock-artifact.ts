import { ok, type Result } from "@dibkit/model";
import { type Descriptor, type RegistryClient, type RegistryFailure, sha256Digest } from "@dibkit/registry";
import { pushArtifact } from "./artifact.js";
import { isFields, parseFields } from "./layer-image.js";
import { eachOf, type OpenRemote } from "./open-remote.js";

/**
 * A lock in a registry: its text is the configuration, and the bytes that it names are blobs as they are, so that the
 * digest of each is the one in the lock. Its tag is made of its own digest. Registries remove blobs that no manifest names,
 * and many take no manifest with thousands of blobs, so a large lock has several, each with a tag of its own.
 */
export interface LockArtifact {
  readonly text: string;
  readonly contents: readonly LockContent[];
  /** What it is about, for whoever lists locks: elements. */
  readonly title: string;
}

/** Bytes that a lock names. */
export interface LockContent {
  /** In hexadecimal digits. */
  readonly sha256: string;
  /** Bytes. */
  readonly size: number;
}

/** A lock that a registry has, as its manifests tell. */
export interface RemoteLock {
  /** SHA-256 of the lock's text. */
  readonly digest: string;
  readonly title: string;
  readonly files: number;
  readonly bytes: number;
}

const LOCK_TYPE = "application/vnd.dibkit.lock.v1+json";
const CONTENT_TYPE = "application/octet-stream";
const TITLE = "org.opencontainers.image.title";
const TAG = /^lock-([0-9a-f]{64})(?:-\d+)?$/;
/** Large registries refuse manifests with more than some 4000 blobs. */
const MOST_BLOBS = 2000;

/** What a manifest says of bytes that a lock names. */
export function contentDescriptor({ sha256, size }: LockContent): Descriptor {
  return { mediaType: CONTENT_TYPE, digest: `sha256:${sha256}`, size };
}

/** One of the manifests of a lock. */
interface LockPart {
  readonly tag: string;
  readonly layers: readonly Descriptor[];
}

/** The manifests of a lock, which name all of its bytes. */
export function lockParts({ text, contents }: Pick<LockArtifact, "text" | "contents">): readonly LockPart[] {
  const tag = `lock-${sha256Digest(text).slice("sha256:".length)}`;
  const layers = contents.map(contentDescriptor);
  return Array.from({ length: Math.ceil(layers.length / MOST_BLOBS) }, (_, part) => ({
    tag: part === 0 ? tag : `${tag}-${part + 1}`,
    layers: layers.slice(part * MOST_BLOBS, (part + 1) * MOST_BLOBS),
  }));
}

/** Tags a lock whose bytes the registry has; the same lock has the same tags and manifests. */
export async function pushLockArtifact(
  client: RegistryClient,
  lock: LockArtifact,
): Promise<Result<void, RegistryFailure>> {
  const config = { mediaType: LOCK_TYPE, bytes: Buffer.from(lock.text) };
  for (const { tag, layers } of lockParts(lock)) {
    const pushed = await pushArtifact(client, tag, { config, layers, annotations: { [TITLE]: lock.title } });
    if (!pushed.ok) return pushed;
  }
  return ok(undefined);
}

/** The locks among some tags, by what they are about. */
export async function locksOf({ client }: OpenRemote, tags: readonly string[]): Promise<readonly RemoteLock[]> {
  const locks = new Map<string, RemoteLock>();
  await eachOf(tags, async (tag) => {
    const [, digest] = TAG.exec(tag) ?? [];
    const found = digest === undefined ? undefined : await client.manifest(tag);
    const part = found?.ok && found.value !== undefined ? partOf(found.value.text) : undefined;
    if (digest === undefined || part === undefined) return ok(undefined);
    const before = locks.get(digest);
    locks.set(digest, {
      ...{ digest, title: part.title },
      files: part.files + (before?.files ?? 0),
      bytes: part.bytes + (before?.bytes ?? 0),
    });
    return ok(undefined);
  });
  return [...locks.values()].sort((a, b) => (`${a.title} ${a.digest}` < `${b.title} ${b.digest}` ? -1 : 1));
}

function partOf(text: string): Omit<RemoteLock, "digest"> | undefined {
  const { config, layers, annotations } = parseFields(text) ?? {};
  if (!isFields(config) || config.mediaType !== LOCK_TYPE || !Array.isArray(layers)) return undefined;
  const title = isFields(annotations) ? annotations[TITLE] : undefined;
  const sizes = layers.map((layer) => (isFields(layer) && typeof layer.size === "number" ? layer.size : 0));
  return {
    title: typeof title === "string" ? title : "",
    files: layers.length,
    bytes: sizes.reduce((sum, size) => sum + size, 0),
  };
}
