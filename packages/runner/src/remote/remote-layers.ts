import { parseRepository } from "@dibkit/registry";
import type { BuildRequest } from "../job/build-request.js";
import type { LayerEntry } from "../job/layer.js";
import { isTrusted } from "../layers/look-up.js";
import { readSigningKey } from "./cache-keys.js";
import type { SharedEntry } from "./layer-image.js";
import { openLayerSink } from "./layer-sink.js";
import { type FetchedLayer, openLayerSources, type WantedLayer } from "./layer-sources.js";
import type { RemoteContext } from "./remote-context.js";
import type { FinishedTree } from "./tree-image.js";

/** The layers of other machines, in registries: read through into the store, written behind the build. */
export interface RemoteLayers {
  /** The record of a layer that will be asked for soon, and is on its way from now on. */
  announce(wanted: WantedLayer): Promise<SharedEntry | undefined>;
  fetch(wanted: WantedLayer): Promise<FetchedLayer | undefined>;
  offer(entry: LayerEntry): void;
  /** The tree is finished: in the mode max it becomes an image of its own. */
  offerTree(tree: FinishedTree): void;
  /**
   * A step could see a secret. Its layer may hold it, and so may what later steps copy of its files: nothing of this
   * build is shared any more, and nobody else can have what the steps come to.
   */
  seal(step: string): void;
  /** Ends uploads and says what came and went. */
  finish(): Promise<void>;
}

const MODES = ["min", "max"] as const;

/** The end of a sentence about a word of `--cache-from` or `--cache-to` that cannot be used; undefined when it can. */
export function cacheTrouble(flag: "cacheFrom" | "cacheTo", word: string): string | undefined {
  const parsed = parseRepository(word, flag === "cacheTo" ? ["mode"] : []);
  if (!parsed.ok) return parsed.error;
  const mode = parsed.value.settings.get("mode");
  if (mode === undefined || (MODES as readonly string[]).includes(mode)) return undefined;
  return `has mode=${mode}, but legal are ${MODES.join(", ")}`;
}

/** What a request says about registries. */
export type RemoteRequest = Pick<
  BuildRequest,
  "cacheFrom" | "cacheTo" | "cacheSign" | "trustedKeys" | "refresh" | "keepLayers"
>;

/** Undefined when a request names no registry. Its words have been checked. */
export function openRemoteLayers(
  { cacheFrom = [], cacheTo, cacheSign, trustedKeys, refresh, keepLayers = true }: RemoteRequest,
  given: Omit<RemoteContext, "trusted"> & { readonly image?: string },
): RemoteLayers | undefined {
  if (!keepLayers || (cacheFrom.length === 0 && cacheTo === undefined)) return undefined;
  const context = { ...given, trusted: trustedKeys };
  const signing = cacheSign === undefined ? undefined : readSigningKey(cacheSign);
  if (signing?.ok === false) {
    const message = `nothing is shared: the signing key ${signing.error.file} ${signing.error.message}`;
    context.emit({ type: "warning", message });
    return undefined;
  }
  // Who asks to run everything again does not want what others have run.
  const from = refresh ? [] : cacheFrom.map((word) => wordsOf(word, []).repository);
  const sources = openLayerSources(from, context);
  const target = cacheTo === undefined ? undefined : wordsOf(cacheTo, ["mode"]);
  const sink =
    target &&
    openLayerSink(
      {
        repository: target.repository,
        mode: target.settings.get("mode") === "max" ? "max" : "min",
        refused: sources.refused,
        signing: signing?.value,
        image: given.image,
      },
      context,
    );
  let sealedBy: string | undefined;
  return {
    announce: async (wanted) => (sealedBy === undefined ? sources.announce(wanted) : undefined),
    fetch: async (wanted) => (sealedBy === undefined ? sources.fetch(wanted) : undefined),
    offer(entry) {
      if (sealedBy === undefined && isTrusted(entry, trustedKeys)) sink?.offer(entry);
    },
    offerTree(tree) {
      if (sealedBy === undefined) sink?.offerTree(tree);
    },
    seal(step) {
      if (sealedBy !== undefined) return;
      sealedBy = step;
      if (sink === undefined) return;
      const message = `layers are not shared from ${step} on, which could see the value of a secret`;
      context.emit({ type: "note", message });
    },
    async finish() {
      await sources.finish();
      await sink?.finish();
    },
  };
}

function wordsOf(word: string, legal: readonly string[]) {
  const parsed = parseRepository(word, legal);
  if (!parsed.ok) throw new Error(`"${word}" ${parsed.error}`);
  return parsed.value;
}
