import { err, ok, type Result } from "@dibkit/model";
import { findSigner, type RegistryClient, type RegistryFailure, wrongContent } from "@dibkit/registry";
import { claimsOf, type LayerBlob, NO_TREE, readConfig, readManifest, type SharedEntry } from "./layer-image.js";
import type { LayerKind } from "./oci-whiteouts.js";
import type { RemoteContext } from "./remote-context.js";
import { readSealedConfig, readSealedManifest } from "./sealed-image.js";
import type { Sealing } from "./sealing.js";
import type { WantedLayer } from "./wanted-layer.js";

/** What a registry says it has. */
export interface FoundLayer {
  readonly entry: SharedEntry;
  /** Fingerprint of the key that has signed it, where that was asked for. */
  readonly signedBy?: string;
  readonly trees: readonly LayerBlob[];
}

/** A failure to look for a layer; `unsigned` says that the registry does well, but somebody who is trusted has to sign. */
export interface LookFailure extends RegistryFailure {
  readonly unsigned?: true;
}

/** The record and the blobs of an image, sealed or not. */
async function readImage(
  client: RegistryClient,
  text: string,
  key: string,
  kind: LayerKind,
  sealing: Sealing | undefined,
): Promise<Result<{ readonly entry: SharedEntry; readonly blobs: readonly LayerBlob[] }, RegistryFailure>> {
  const wrong = (message: string) => err(wrongContent(message));
  if (sealing !== undefined) {
    const manifest = readSealedManifest(text);
    if (!manifest.ok) return wrong(manifest.error);
    const record = await client.readBlob(manifest.value.config);
    if (!record.ok) return record;
    const read = readSealedConfig(record.value, key, kind, manifest.value.layers, sealing);
    return read.ok ? read : wrong(read.error);
  }
  const manifest = readManifest(text);
  if (!manifest.ok) return wrong(manifest.error);
  const record = await client.readBlob(manifest.value.config);
  if (!record.ok) return record;
  const entry = readConfig(record.value, key, kind, manifest.value.blobs);
  return entry.ok ? ok({ entry: entry.value, blobs: manifest.value.blobs }) : wrong(entry.error);
}

/** Reads what a registry has under a key: small documents only. */
export async function lookInto(
  { client }: { readonly client: RegistryClient },
  { key, whyNot, sealing }: Pick<WantedLayer, "key" | "whyNot" | "sealing">,
  context: Pick<RemoteContext, "kind" | "trusted">,
): Promise<Result<FoundLayer | undefined, LookFailure>> {
  const tag = sealing === undefined ? key : sealing.tagOf(key);
  const found = await client.manifest(tag);
  if (!found.ok || found.value === undefined) return found.ok ? ok(undefined) : found;
  const read = await readImage(client, found.value.text, key, context.kind, sealing);
  if (!read.ok) return read;
  const { entry, blobs } = read.value;
  if (whyNot(entry) !== undefined) return ok(undefined);
  const layer = { entry, trees: blobs.filter(({ tree }) => tree !== NO_TREE) };
  if (context.trusted === undefined) return ok(layer);
  const signer = await findSigner(client, found.value.digest, claimsOf(tag), context.trusted);
  if (!signer.ok) return signer;
  if (signer.value.kind === "unsigned")
    return err({ ...wrongContent(`has a layer there that ${signer.value.message}`), unsigned: true });
  return ok({ ...layer, signedBy: signer.value.key.fingerprint });
}
