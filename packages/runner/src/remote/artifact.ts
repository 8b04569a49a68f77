import { ok, type Result } from "@dibkit/model";
import {
  type Descriptor,
  MANIFEST_TYPE,
  type RegistryClient,
  type RegistryFailure,
  sha256Digest,
} from "@dibkit/registry";

const EMPTY = Buffer.from("{}");

/** The blob of what has no layers, as OCI asks for it. */
export const EMPTY_BLOB: Descriptor = {
  ...{ mediaType: "application/vnd.oci.empty.v1+json", digest: sha256Digest(EMPTY), size: EMPTY.length },
};

/** Something in a registry that is no image of files. */
export interface Artifact {
  /** Its media type says what the artifact is. */
  readonly config: { readonly mediaType: string; readonly bytes: Buffer };
  /** Blobs that the registry has, or the empty one alone. */
  readonly layers: readonly Descriptor[];
  readonly annotations?: Readonly<Record<string, string>>;
}

/** Puts an artifact under a tag, in place of what was there. */
export async function pushArtifact(
  client: RegistryClient,
  tag: string,
  { config: { mediaType, bytes }, layers, annotations }: Artifact,
): Promise<Result<void, RegistryFailure>> {
  const config = { mediaType, digest: sha256Digest(bytes), size: bytes.length };
  const blobs = layers.includes(EMPTY_BLOB) ? [{ ...EMPTY_BLOB, body: EMPTY }] : [];
  for (const { digest, size, body } of [{ ...config, body: bytes }, ...blobs]) {
    const sent = await client.pushBlob({ digest, size }, body);
    if (!sent.ok) return sent;
  }
  const manifest = {
    ...{ schemaVersion: 2, mediaType: MANIFEST_TYPE, artifactType: mediaType, config, layers },
    ...(annotations === undefined ? {} : { annotations }),
  };
  const pushed = await client.pushManifest(tag, MANIFEST_TYPE, JSON.stringify(manifest));
  return pushed.ok ? ok(undefined) : pushed;
}
