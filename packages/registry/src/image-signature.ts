import { jsonOf, ok, type Result } from "@dibkit/model";
import { type Descriptor, sha256Digest } from "./descriptor.js";
import { CONFIG_TYPE, MANIFEST_TYPE, type RegistryClient } from "./registry-client.js";
import type { RegistryFailure } from "./registry-failure.js";
import { renderRepository } from "./repository.js";
import { isSignedBy, type SigningKey, type TrustedKey } from "./signature-keys.js";

/** What a signature says of an image besides its digest: name and value, as `cosign verify -a` asks for them. */
export type Claims = Readonly<Record<string, string>>;

/**
 * Signatures in the form of cosign, so that it can make and verify them too: an image tagged `sha256-DIGEST.sig` has a
 * layer for each, which is the signed text, with the signature in an annotation.
 * See https://github.com/sigstore/cosign/blob/main/specs/SIGNATURE_SPEC.md
 */
const PAYLOAD_TYPE = "application/vnd.dev.cosign.simplesigning.v1+json";
const SIGNATURE = "dev.cosignproject.cosign/signature";
const PAYLOAD_KIND = "cosign container image signature";
const MOST_SIGNATURES = 32;
const PAYLOAD_LIMIT = 64 * 1024;

/** The tag under which the signatures of an image are. */
export function signatureTag(digest: string): string {
  return `${digest.replace(":", "-")}.sig`;
}

/** Puts a signature of an image into its repository, beside those that are there. */
export async function pushSignature(
  client: RegistryClient,
  digest: string,
  claims: Claims,
  key: SigningKey,
): Promise<Result<void, RegistryFailure>> {
  const payload = Buffer.from(
    JSON.stringify({
      critical: {
        identity: { "docker-reference": renderRepository(client.repository) },
        image: { "docker-manifest-digest": digest },
        type: PAYLOAD_KIND,
      },
      optional: claims,
    }),
  );
  const layer: Descriptor = {
    ...{ mediaType: PAYLOAD_TYPE, digest: sha256Digest(payload), size: payload.length },
    annotations: { [SIGNATURE]: key.sign(payload).toString("base64") },
  };
  const there = await client.manifest(signatureTag(digest));
  if (!there.ok) return there;
  const layers = [...signaturesIn(there.value?.text), layer].slice(-MOST_SIGNATURES);
  const config = Buffer.from(
    JSON.stringify({
      ...{ architecture: "", os: "", config: {} },
      rootfs: { type: "layers", diff_ids: layers.map((one) => one.digest) },
    }),
  );
  const about = { digest: sha256Digest(config), size: config.length };
  for (const [descriptor, body] of [[layer, payload] as const, [about, config] as const]) {
    const sent = await client.pushBlob(descriptor, body);
    if (!sent.ok) return sent;
  }
  const manifest = { schemaVersion: 2, mediaType: MANIFEST_TYPE, config: { mediaType: CONFIG_TYPE, ...about }, layers };
  return client.pushManifest(signatureTag(digest), MANIFEST_TYPE, JSON.stringify(manifest));
}

/** Whose signature an image has; `unsigned` says what is missing, as the end of a sentence about a layer. */
export type Signer =
  | { readonly kind: "signed"; readonly key: TrustedKey }
  | { readonly kind: "unsigned"; readonly message: string };

/** Looks for a signature of an image by one of some keys, which claims what is expected. */
export async function findSigner(
  client: RegistryClient,
  digest: string,
  claims: Claims,
  trusted: readonly TrustedKey[],
): Promise<Result<Signer, RegistryFailure>> {
  const unsigned = (message: string) => ok({ kind: "unsigned", message } as const);
  const found = await client.manifest(signatureTag(digest));
  if (!found.ok) return found;
  const signatures = signaturesIn(found.value?.text);
  if (signatures.length === 0) return unsigned("is not signed");
  let other = false;
  for (const descriptor of signatures) {
    const payload = await client.readBlob(descriptor);
    if (!payload.ok && payload.error.kind !== "content") return payload;
    if (!payload.ok) continue;
    const signature = Buffer.from(descriptor.annotations?.[SIGNATURE] ?? "", "base64");
    const key = trusted.find((one) => isSignedBy(one, payload.value, signature));
    if (key === undefined) continue;
    if (isAbout(payload.value, digest, claims)) return ok({ kind: "signed", key });
    other = true;
  }
  return unsigned(other ? "has the signature of another layer" : "is signed by nobody who is trusted");
}

/** Whether a signed text is about this image. */
function isAbout(payload: Buffer, digest: string, claims: Claims): boolean {
  const { critical, optional } = (jsonOf(payload.toString("utf8")) ?? {}) as {
    readonly critical?: { readonly image?: Readonly<Record<string, unknown>>; readonly type?: unknown };
    readonly optional?: Readonly<Record<string, unknown>>;
  };
  return (
    critical?.type === PAYLOAD_KIND &&
    critical.image?.["docker-manifest-digest"] === digest &&
    Object.entries(claims).every(([name, value]) => optional?.[name] === value)
  );
}

function signaturesIn(text: string | undefined): readonly Descriptor[] {
  const layers = text === undefined ? undefined : (jsonOf(text) as { readonly layers?: unknown } | undefined)?.layers;
  return Array.isArray(layers) ? layers.filter(isSignature).slice(0, MOST_SIGNATURES) : [];
}

function isSignature(layer: unknown): layer is Descriptor {
  const { mediaType, digest, size } = (layer ?? {}) as Partial<Record<keyof Descriptor, unknown>>;
  const named = typeof digest === "string" && /^sha256:[0-9a-f]{64}$/.test(digest);
  return mediaType === PAYLOAD_TYPE && named && Number.isSafeInteger(size) && Number(size) <= PAYLOAD_LIMIT;
}
