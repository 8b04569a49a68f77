import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { createCommandRunner } from "@dibkit/exec";
import { err, ok, type Result } from "@dibkit/model";
import {
  findSigner,
  MANIFEST_TYPE,
  openRegistryClient,
  pushSignature,
  type RegistryClient,
  type RegistryFailure,
  type Repository,
  renderRepository,
  type SigningKey,
  sha256Digest,
  wrongContent,
} from "@dibkit/registry";
import type { LayerEntry } from "../job/layer.js";
import { layerName } from "../layers/layer-store.js";
import { claimsOf, manifestParts, NO_TREE, readRecord, type SharedEntry, shareable, tagOf } from "./layer-image.js";
import { imageOf, packTrees, remoteTag } from "./pack-image.js";
import { isOfOneLayer, type RemoteContext, renderMegabytes, someOf } from "./remote-context.js";
import { readSealedConfig } from "./sealed-image.js";
import type { Sealing } from "./sealing.js";
import { type FinishedTree, pushTreeImage } from "./tree-image.js";
import { pushUse } from "./use-record.js";

/** A registry that layers are uploaded to, while the build goes on. */
export interface LayerSink {
  /** Uploads an entry of the store some time, sealed or for everybody to read; never fails. */
  offer(entry: LayerEntry, sealing?: Sealing): void;
  /** Pushes the finished tree as one image at the end, where everything is uploaded. */
  offerTree(tree: FinishedTree): void;
  /** Waits for what is under way, not for ever, and says what was uploaded and what was not. */
  finish(): Promise<void>;
}

export interface SinkOptions {
  readonly repository: Repository;
  /** `max`: finished outputs too. */
  readonly mode: "min" | "max";
  /** Keys under which something else stands in the registry. */
  readonly refused: ReadonlySet<string>;
  /** Signs every image that is uploaded. */
  readonly signing?: SigningKey | undefined;
  /** Names the image in the note of what was used; undefined: there is none. */
  readonly image?: string | undefined;
  /** How long the end of a build waits for uploads. */
  readonly patienceMs?: number;
}

const PATIENCE_MS = 300_000;
const AT_ONCE = 2;

export function openLayerSink(
  { repository, mode, refused, signing, image, patienceMs = PATIENCE_MS }: SinkOptions,
  context: RemoteContext,
): LayerSink {
  const giveUp = new AbortController();
  const signal = AbortSignal.any([context.signal, giveUp.signal]);
  const commands = createCommandRunner({ signal });
  const client = openRegistryClient(repository, { env: context.env, commands, signal });
  const name = renderRepository(repository);
  const used = new Set<string>();
  const waiting: Offered[] = [];
  const missing: string[] = [];
  const working = new Set<Promise<void>>();
  let [uploaded, bytes] = [0, 0];
  let off: string | undefined;
  let tree: FinishedTree | undefined;
  let treePushed: Promise<void> = Promise.resolve();
  const nameOf = ({ label }: LayerEntry) => `${label.phase}/${label.script}`;

  const work = async ({ entry, sealing }: Offered) => {
    const about = { refused: refused.has(tagOf(entry)), signing, sealing };
    const sent = await upload(client, entry, { ...context, commands, signal }, about).catch((error: unknown) =>
      err(wrongContent(`cannot be given a layer: ${String(error)}`)),
    );
    if (sent.ok) {
      uploaded += sent.value === undefined ? 0 : 1;
      bytes += sent.value ?? 0;
      return;
    }
    missing.push(nameOf(entry));
    off ??= signal.aborted || isOfOneLayer(sent.error) ? undefined : sent.error.message;
    if (isOfOneLayer(sent.error) && !signal.aborted)
      context.emit({
        type: "warning",
        message: `${nameOf(entry)} is not shared: the cache ${name} ${sent.error.message}`,
      });
  };
  const start = () => {
    while (waiting.length > 0 && working.size < AT_ONCE) {
      const offered = waiting.shift();
      if (offered === undefined) return;
      if (off !== undefined || signal.aborted) {
        missing.push(nameOf(offered.entry));
        continue;
      }
      const running: Promise<void> = work(offered).finally(() => {
        working.delete(running);
        start();
      });
      working.add(running);
    }
  };
  const drained = async () => {
    while (working.size > 0) await Promise.all(working);
  };
  return {
    offer(entry, sealing) {
      if (!shareable(entry) || (entry.kind === "output" && mode === "min")) return;
      used.add(remoteTag(entry, sealing));
      waiting.push({ entry, sealing });
      start();
    },
    offerTree(given) {
      if (mode === "max") tree = given;
    },
    async finish() {
      const timer = new AbortController();
      const late = delay(patienceMs, undefined, { signal: timer.signal }).then(
        () => giveUp.abort(),
        () => undefined,
      );
      await Promise.race([drained().then(pushTree), late]);
      await drained();
      await treePushed;
      timer.abort();
      // Nothing that a build is told of: without it a layer may be called unused too early, and is made again.
      if (off === undefined && used.size > 0 && image !== undefined) await pushUse(client, image, [...used]);
      client.close();
      if (context.signal.aborted) return;
      const what = `uploaded ${uploaded} ${uploaded === 1 ? "layer" : "layers"} to ${name} (${renderMegabytes(bytes)})`;
      if (missing.length === 0) context.emit({ type: "note", message: what });
      else context.emit({ type: "warning", message: `${what}, but not ${someOf(missing)}${whyMissing()}` });
    },
  };

  async function pushTree(): Promise<void> {
    if (tree === undefined || off !== undefined || missing.length > 0 || signal.aborted) return;
    const whole = tree;
    treePushed = pushTreeImage(client, whole, signing, { ...context, commands, signal }).then((pushed) => {
      if (!pushed.ok && !signal.aborted)
        context.emit({
          type: "warning",
          message: `the tree is not there as an image: the cache ${name} ${pushed.error.message}`,
        });
    });
    await treePushed;
  }

  function whyMissing(): string {
    if (giveUp.signal.aborted) return `: it took too long`;
    return off === undefined ? "" : `: the cache ${off}`;
  }
}

interface Offered {
  readonly entry: SharedEntry;
  readonly sealing: Sealing | undefined;
}

interface UploadOptions {
  /** Something else stands in the place of the entry. */
  readonly refused: boolean;
  readonly signing: SigningKey | undefined;
  readonly sealing: Sealing | undefined;
}

/** Bytes that were sent; undefined when the registry had the entry. */
async function upload(
  client: RegistryClient,
  entry: SharedEntry,
  context: RemoteContext,
  options: UploadOptions,
): Promise<Result<number | undefined, RegistryFailure>> {
  if (!options.refused) {
    const there = await isThere(client, entry, options.sealing, context);
    if (!there.ok) return there;
    if (there.value) return ok(undefined);
  }
  const scratch = join(context.scratch, `to-${layerName(entry.key)}`);
  try {
    await mkdir(join(scratch, NO_TREE), { recursive: true });
    return await pushImage(client, entry, context, scratch, options);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** Whether a registry has what others may take in place of an entry. */
async function isThere(
  client: RegistryClient,
  entry: SharedEntry,
  sealing: Sealing | undefined,
  { trusted, kind }: RemoteContext,
): Promise<Result<boolean, RegistryFailure>> {
  const tag = remoteTag(entry, sealing);
  if (entry.asked === undefined && trusted === undefined) return client.hasManifest(tag);
  const found = await client.manifest(tag);
  if (!found.ok || found.value === undefined) return found.ok ? ok(false) : found;
  if (trusted !== undefined) {
    // Who asks for signatures would not take an image without one, and nobody signs what somebody else has made.
    const signer = await findSigner(client, found.value.digest, claimsOf(tag), trusted);
    if (!signer.ok || signer.value.kind === "unsigned") return signer.ok ? ok(false) : signer;
  }
  if (entry.asked === undefined) return ok(true);
  // One that took the place of an earlier one is to be found instead of it by others too.
  const manifest = manifestParts(found.value.text);
  const config = manifest.ok ? await client.readBlob(manifest.value.config) : undefined;
  if (!manifest.ok || !config?.ok) return ok(false);
  const sealed = sealing && readSealedConfig(config.value, tagOf(entry), kind, manifest.value.layers, sealing);
  const record = sealing === undefined ? readRecord(config.value)?.entry : sealed?.ok ? sealed.value.entry : undefined;
  return ok(record !== undefined && Date.parse(record.created) >= Date.parse(entry.created));
}

async function pushImage(
  client: RegistryClient,
  entry: SharedEntry,
  context: RemoteContext,
  scratch: string,
  { signing, sealing }: UploadOptions,
): Promise<Result<number, RegistryFailure>> {
  const tag = remoteTag(entry, sealing);
  const packed = await packTrees(entry, context, scratch);
  if (!packed.ok) return packed;
  const { image, blobs } = await imageOf(entry, context, packed.value, sealing);
  const { config, manifest } = image;
  let bytes = 0;
  for (const { digest, size, body } of [
    ...blobs.map((blob) => ({ ...blob, body: blob })),
    { digest: config.digest, size: config.bytes.length, body: config.bytes },
  ]) {
    const sent = await client.pushBlob({ digest, size }, body);
    if (!sent.ok) return sent;
    if (sent.value) bytes += size;
  }
  // Signed first, so that nobody finds it unsigned.
  const signed = signing && (await pushSignature(client, sha256Digest(manifest), claimsOf(tag), signing));
  if (signed?.ok === false) return signed;
  const tagged = await client.pushManifest(tag, MANIFEST_TYPE, manifest);
  return tagged.ok ? ok(bytes) : tagged;
}
