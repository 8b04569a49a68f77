import { err, ok, type Result } from "@dibkit/model";
import { findSigner, type TrustedKey } from "@dibkit/registry";
import type { LayerEntry } from "../job/layer.js";
import { describeMiss } from "../layers/explain-miss.js";
import { changedIngredients } from "../layers/layer-key.js";
import { claimsOf, NO_TREE, readManifest, readRecord, shareable, tagOf } from "./layer-image.js";
import { layersOf, type RemoteLayer } from "./list-remote.js";
import { type LookContext, type OpenRemote, withRemote } from "./open-remote.js";

/** Whether another machine would find a layer in a repository, and why, in sentences that follow its name. */
export interface RemoteWhy {
  readonly repository: string;
  readonly found: boolean;
  readonly reasons: readonly string[];
  /** The layer of the same step there that differs least. */
  readonly nearest?: RemoteLayer;
}

/** Says why a layer of this machine would, or would not, be found in a repository; the error is a sentence. */
export function whyRemote(
  word: string,
  entry: LayerEntry,
  trusted: readonly TrustedKey[] | undefined,
  context: LookContext,
): Promise<Result<RemoteWhy, string>> {
  return withRemote(word, context, async (remote): Promise<Result<RemoteWhy, string>> => {
    const { repository, client, told } = remote;
    const key = tagOf(entry);
    const found = await client.manifest(key);
    if (!found.ok) return err(told(found.error));
    if (found.value === undefined) return ok({ repository, found: false, ...(await whyMissing(remote, entry)) });
    const manifest = readManifest(found.value.text);
    if (!manifest.ok) return ok({ repository, found: false, reasons: [`the registry ${manifest.error}`] });
    const reasons: string[] = [];
    const config = await client.readBlob(manifest.value.config);
    const record = config.ok ? readRecord(config.value) : undefined;
    if (record?.entry.key !== key) reasons.push("its record there is gone, or of another key");
    for (const { descriptor, tree } of manifest.value.blobs.filter((blob) => blob.tree !== NO_TREE)) {
      const there = await client.hasBlob(descriptor.digest);
      if (!there.ok) return err(told(there.error));
      if (!there.value) reasons.push(`the blob of its tree "${tree}" is gone there`);
    }
    if (trusted !== undefined) {
      const signer = await findSigner(client, found.value.digest, claimsOf(key), trusted);
      if (!signer.ok) return err(told(signer.error));
      if (signer.value.kind === "unsigned") reasons.push(`it ${signer.value.message}`);
    }
    if (reasons.length > 0) return ok({ repository, found: false, reasons });
    return ok({ repository, found: true, reasons: [`made ${record?.entry.created.slice(0, 16).replace("T", " ")}`] });
  });
}

async function whyMissing(remote: OpenRemote, entry: LayerEntry): Promise<Pick<RemoteWhy, "reasons" | "nearest">> {
  if (!shareable(entry)) return { reasons: [`layers of the kind "${entry.kind}" are not shared`] };
  const tags = await remote.client.tags();
  const all = tags.ok ? await layersOf(remote, tags.value) : [];
  const { phase, script, element } = entry.label;
  const [nearest] = all
    .filter(({ entry: { label } }) => label.phase === phase && label.script === script && label.element === element)
    .map((layer) => ({ layer, changed: changedIngredients(layer.entry.ingredients, entry.ingredients).length }))
    .sort((a, b) => a.changed - b.changed);
  const none = `nothing is there under its key ${tagOf(entry).slice(0, 12)}`;
  const held = entry.secretFree ? [] : ["it could hold a secret, so it is not uploaded"];
  if (nearest === undefined) return { reasons: [none, ...held, "no other layer of the step is there either"] };
  const differs = describeMiss(nearest.layer.entry.ingredients, entry.ingredients, "nothing, but its key is another");
  const near = `the nearest there is ${nearest.layer.entry.key.slice(0, 12)}; since then: ${differs}`;
  return { reasons: [none, ...held, near], nearest: nearest.layer };
}
