import { err, ok, type Result } from "@dibkit/model";
import { parseRepository } from "@dibkit/registry";
import type { LayerEntry } from "../job/layer.js";
import { isTrusted } from "../layers/look-up.js";
import { readSigningKey, readTrustedKeys } from "./cache-keys.js";
import { shareable } from "./layer-image.js";
import { openLayerSink } from "./layer-sink.js";
import type { RemoteContext } from "./remote-context.js";

export interface PushRequest {
  /** `REGISTRY/REPOSITORY[,mode=max]`. */
  readonly word: string;
  readonly cacheSign?: string | undefined;
  readonly cacheTrust?: readonly string[];
}

/** A push must not end before all is there. */
const PATIENCE_MS = 24 * 3600 * 1000;

/**
 * Uploads layers of a store, outside a build; gives how many it left out because they could hold a secret, or nobody who
 * is trusted has signed them. The error is a sentence.
 */
export async function pushLayers(
  entries: readonly LayerEntry[],
  { word, cacheSign, cacheTrust = [] }: PushRequest,
  context: RemoteContext,
): Promise<Result<number, string>> {
  const parsed = parseRepository(word, ["mode"]);
  if (!parsed.ok) return err(`"${word}" ${parsed.error}`);
  const keys = readTrustedKeys({ ...(cacheSign === undefined ? {} : { cacheSign }), cacheTrust });
  if (!keys.ok) return err(keys.error.map(({ file, message }) => `"${file}" ${message}`).join("; "));
  const signing = cacheSign === undefined ? undefined : readSigningKey(cacheSign);
  const mode = parsed.value.settings.get("mode") === "max" ? "max" : "min";
  const sink = openLayerSink(
    {
      ...{ repository: parsed.value.repository, mode, refused: new Set<string>(), patienceMs: PATIENCE_MS },
      image: "push",
      signing: signing?.ok ? signing.value : undefined,
    },
    { ...context, trusted: keys.value },
  );
  const shared = entries.filter(shareable);
  const open = shared.filter((entry) => entry.secretFree && isTrusted(entry, keys.value));
  for (const entry of open) sink.offer(entry);
  await sink.finish();
  return ok(shared.length - open.length);
}
