import { parseRepository, type Repository } from "@dibkit/registry";
import type { BuildRequest } from "../job/build-request.js";
import type { LayerEntry } from "../job/layer.js";
import { isTrusted } from "../layers/look-up.js";
import { readSecretKey, readSigningKey } from "./cache-keys.js";
import type { SharedEntry } from "./layer-image.js";
import { openLayerSink } from "./layer-sink.js";
import { type FetchedLayer, openLayerSources } from "./layer-sources.js";
import type { RemoteContext } from "./remote-context.js";
import { sealingOf } from "./sealing.js";
import type { FinishedTree } from "./tree-image.js";
import type { WantedLayer } from "./wanted-layer.js";

/** The layers of other machines, in registries: read through into the store, written behind the build. */
export interface RemoteLayers {
  /** The record of a layer that will be asked for soon, and is on its way from now on. */
  announce(wanted: WantedLayer): Promise<SharedEntry | undefined>;
  fetch(wanted: WantedLayer): Promise<FetchedLayer | undefined>;
  offer(entry: LayerEntry): void;
  /** The tree is finished: in the mode max it becomes an image of its own. */
  offerTree(tree: FinishedTree): void;
  /**
   * A step could see a secret. Its layer may hold it, and so may what later steps copy of its files: from here on layers
   * are shared with those only who have the project's key, and with nobody when there is none.
   */
  seal(step: string): void;
  /** Ends uploads and says what came and went. */
  finish(): Promise<void>;
}

/** For steps whose layers are of use on this machine only: nothing comes or goes, and secrets that they see still count. */
export function keptHere({ seal, offerTree, finish }: RemoteLayers): RemoteLayers {
  const nothing = async () => undefined;
  return { announce: nothing, fetch: nothing, offer: () => {}, offerTree, seal, finish };
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
  "cacheFrom" | "cacheTo" | "cacheSign" | "cacheSecretKey" | "trustedKeys" | "refresh" | "keepLayers"
>;

/** Undefined when a request names no registry. Its words have been checked. */
export function openRemoteLayers(
  { cacheFrom = [], cacheTo, cacheSign, cacheSecretKey, trustedKeys, refresh, keepLayers = true }: RemoteRequest,
  given: Omit<RemoteContext, "trusted"> & { readonly image?: string },
): RemoteLayers | undefined {
  if (!keepLayers || (cacheFrom.length === 0 && cacheTo === undefined)) return undefined;
  const context = { ...given, trusted: trustedKeys };
  const signing = cacheSign === undefined ? undefined : readSigningKey(cacheSign);
  const secret = readSecretKey(cacheSecretKey === undefined ? {} : { cacheSecretKey });
  const trouble = signing?.ok === false ? signing.error : secret.ok ? undefined : secret.error;
  if (trouble !== undefined || signing?.ok === false || !secret.ok) {
    const message = `nothing is shared: the key ${trouble?.file} ${trouble?.message}`;
    context.emit({ type: "warning", message });
    return undefined;
  }
  const sealing = secret.value === undefined ? undefined : sealingOf(secret.value);
  // Who asks to run everything again does not want what others have run.
  const from = refresh ? [] : cacheFrom.map((word) => wordsOf(word).repository);
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
  const isOpen = () => sealedBy === undefined || sealing !== undefined;
  /** How what is asked for or offered now is sealed. */
  const now = () => (sealedBy === undefined ? undefined : sealing);
  return {
    announce: async (wanted) => (isOpen() ? sources.announce({ ...wanted, sealing: now() }) : undefined),
    fetch: async (wanted) => (isOpen() ? sources.fetch({ ...wanted, sealing: now() }) : undefined),
    offer(entry) {
      if (isOpen() && isTrusted(entry, trustedKeys)) sink?.offer(entry, now());
    },
    offerTree(tree) {
      if (sealedBy === undefined) sink?.offerTree(tree);
    },
    seal(step) {
      if (sealedBy !== undefined) return;
      sealedBy = step;
      if (sink === undefined) return;
      const message =
        sealing === undefined
          ? `layers are not shared from ${step} on, which could see the value of a secret`
          : `layers are sealed with the project's key from ${step} on, which could see the value of a secret`;
      context.emit({ type: "note", message });
    },
    async finish() {
      await sources.finish();
      await sink?.finish();
    },
  };
}

/** What a word of a request says, which has been checked. */
export function wordsOf(
  word: string,
  legal: readonly string[] = [],
): { readonly repository: Repository; readonly settings: ReadonlyMap<string, string> } {
  const parsed = parseRepository(word, legal);
  if (!parsed.ok) throw new Error(`"${word}" ${parsed.error}`);
  return parsed.value;
}
