import type { BuildRequest } from "../job/build-request.js";
import type { LayerEntry } from "../job/layer.js";
import { explainMiss, NEVER_RAN } from "./explain-miss.js";
import { allowedAge, isTooOld } from "./layer-age.js";
import type { LayerKey } from "./layer-key.js";
import type { LayerStore } from "./layer-store.js";
import { whyNotLocked } from "./locked-layers.js";
import { mayBeOutdated } from "./network-use.js";
import { changedHook, type HooksBase } from "./settle-hooks.js";

/** What a look into the store came to: an entry that may be used, or why there is none, in a few words. */
export type LookUp<Kind extends LayerEntry["kind"]> =
  | { readonly hit: true; readonly entry: Extract<LayerEntry, { readonly kind: Kind }> }
  | { readonly hit: false; readonly reason: string };

/** What a request says about the use of layers again. */
export type ReuseRequest = Pick<BuildRequest, "refresh" | "maxAge" | "trustedKeys" | "lock">;

/** Whether something is made although the store has it, so that the new one has to be found instead. */
export function replacesLayers({ refresh, maxAge, trustedKeys, lock }: ReuseRequest): boolean {
  return refresh || maxAge !== undefined || trustedKeys !== undefined || lock !== undefined;
}

export interface LookUpContext {
  /** Undefined when nothing was ever built with it. */
  readonly store: LayerStore | undefined;
  /** Name of the image's line of steps. */
  readonly lineage: string;
  readonly request: ReuseRequest;
  readonly hooks: HooksBase;
}

/**
 * The one place that decides whether something is cached; plans and builds both ask here, so that a plan never says what
 * a build does not do. `unchanged` is the reason when nothing has changed, for what is not kept each time.
 */
export async function lookUp<Kind extends LayerEntry["kind"]>(
  { store, lineage, request, hooks }: LookUpContext,
  kind: Kind,
  step: string,
  { key, ingredients }: LayerKey,
  unchanged?: string,
): Promise<LookUp<Kind>> {
  const miss = (reason: string) => ({ hit: false, reason }) as const;
  const again = "asked to run everything again";
  if (request.refresh && kind !== "step") return miss(again);
  if (store === undefined) return miss(request.refresh ? again : NEVER_RAN);
  const entry = await store.find(key);
  if (request.refresh && (entry === undefined || mayBeOutdated(entry))) return miss(again);
  if (entry === undefined || entry.kind !== kind)
    return miss(await explainMiss(store, lineage, step, ingredients, unchanged));
  const whyNot = whyUnusable({ request, hooks }, entry);
  if (whyNot !== undefined) return miss(whyNot);
  return { hit: true, entry: entry as Extract<LayerEntry, { readonly kind: Kind }> };
}

/** Why an entry cannot be used although its key is the one that is asked for; undefined when it can. */
export function whyUnusable(
  { request, hooks }: Pick<LookUpContext, "request" | "hooks">,
  entry: LayerEntry,
): string | undefined {
  // A copy of a disk is as old as the tree that is on it, whose layers were looked at before.
  if (entry.kind !== "disk" && mayBeOutdated(entry) && isTooOld(entry, request.maxAge)) {
    return `its layer is older than ${allowedAge(entry.label.phase, request.maxAge)}`;
  }
  if (!isTrusted(entry, request.trustedKeys)) {
    return `its layer came from ${entry.origin?.registry}, and no key that is trusted has signed it`;
  }
  const unlocked = request.lock && whyNotLocked(entry, request.lock);
  if (unlocked !== undefined) return unlocked;
  const hook = entry.kind === "step" ? changedHook(entry.hooksBefore, hooks) : undefined;
  return hook === undefined ? undefined : `${hook} of the hooks directory, which it changes, is another one now`;
}

/** Whether an entry was made here, or signed by one of the keys; without keys everything counts. */
export function isTrusted({ origin }: LayerEntry, keys: ReuseRequest["trustedKeys"]): boolean {
  return keys === undefined || origin === undefined || keys.some((key) => key.fingerprint === origin.signedBy);
}
