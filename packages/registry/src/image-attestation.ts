import { err, ok, type Result } from "@dibkit/model";
import { type Descriptor, sha256Digest } from "./descriptor.js";
import { MANIFEST_TYPE, type RegistryClient } from "./registry-client.js";
import { type RegistryFailure, wrongContent } from "./registry-failure.js";

/**
 * Attestations of an image: a manifest that names the image as its subject, for the referrers of OCI's distribution
 * specification (1.1), under the tag `sha256-DIGEST.att`, where cosign looks. Each layer is a DSSE envelope.
 */
const ENVELOPE_TYPE = "application/vnd.dsse.envelope.v1+json";
const ARTIFACT_TYPE = "application/vnd.in-toto+json";
const EMPTY_TYPE = "application/vnd.oci.empty.v1+json";
const INDEX_TYPE = "application/vnd.oci.image.index.v1+json";
const MOST_ATTESTATIONS = 32;

/** The tag under which the attestations of an image are. */
function attestationTag(digest: string): string {
  return `${digest.replace(":", "-")}.att`;
}

/**
 * Puts an envelope beside an image that the repository has, and beside the envelopes that are there; one that is there
 * already stays as it is.
 *
 * @param predicateType what the statement in it is about
 */
export async function pushAttestation(
  client: RegistryClient,
  digest: string,
  envelope: Uint8Array,
  predicateType: string,
): Promise<Result<void, RegistryFailure>> {
  const image = await client.manifest(digest);
  if (!image.ok) return image;
  if (image.value === undefined) return err(wrongContent(`has no image ${digest}`));
  const subject = { mediaType: MANIFEST_TYPE, digest, size: Buffer.byteLength(image.value.text) };
  const layer: Descriptor = {
    ...{ mediaType: ENVELOPE_TYPE, digest: sha256Digest(envelope), size: envelope.length },
    annotations: {
      "dev.cosignproject.cosign/signature": "",
      "in-toto.io/predicate-type": predicateType,
      predicateType,
    },
  };
  const empty = Buffer.from("{}");
  const config = { mediaType: EMPTY_TYPE, digest: sha256Digest(empty), size: empty.length };
  for (const [descriptor, body] of [[layer, Buffer.from(envelope)] as const, [config, empty] as const]) {
    const sent = await client.pushBlob(descriptor, body);
    if (!sent.ok) return sent;
  }
  const there = await client.manifest(attestationTag(digest));
  if (!there.ok) return there;
  const others = listIn(there.value?.text, "layers").filter((one) => one.digest !== layer.digest);
  const layers = [...others, layer].slice(-MOST_ATTESTATIONS);
  const base = { schemaVersion: 2, mediaType: MANIFEST_TYPE, artifactType: ARTIFACT_TYPE };
  const manifest = JSON.stringify({ ...base, config, layers, subject });
  const pushed = await client.pushManifest(attestationTag(digest), MANIFEST_TYPE, manifest);
  if (!pushed.ok) return pushed;
  const known = await client.knowsReferrers(digest);
  if (!known.ok) return known;
  return known.value ? ok(undefined) : listReferrer(client, digest, manifest, there.value?.digest);
}

/** A registry that does not know referrers has a list of them under a tag, which clients keep. */
async function listReferrer(
  client: RegistryClient,
  digest: string,
  manifest: string,
  replaced: string | undefined,
): Promise<Result<void, RegistryFailure>> {
  const tag = digest.replace(":", "-");
  const list = await client.manifest(tag, INDEX_TYPE);
  if (!list.ok) return list;
  const own = {
    ...{ mediaType: MANIFEST_TYPE, digest: sha256Digest(manifest), size: Buffer.byteLength(manifest) },
    artifactType: ARTIFACT_TYPE,
  };
  const others = listIn(list.value?.text, "manifests").filter(
    (one) => one.digest !== own.digest && one.digest !== replaced,
  );
  const index = { schemaVersion: 2, mediaType: INDEX_TYPE, manifests: [...others, own] };
  return client.pushManifest(tag, INDEX_TYPE, JSON.stringify(index));
}

function listIn(text: string | undefined, field: "layers" | "manifests"): readonly Descriptor[] {
  if (text === undefined) return [];
  try {
    const list = (JSON.parse(text) as Readonly<Record<string, unknown>>)[field];
    return Array.isArray(list) ? list.filter((one) => typeof one?.digest === "string") : [];
  } catch {
    return [];
  }
}
