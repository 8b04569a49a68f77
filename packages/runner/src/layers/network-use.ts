import type { StepLabel } from "../job/build-event.js";
import type { NetworkUse } from "../job/fetched.js";
import type { LayerEntry, StepEntry } from "../job/layer.js";
import type { LayerStore } from "./layer-store.js";

/**
 * Whether something newer may come of making an entry again: what it was made with used the network, could read what
 * earlier uses have left, or nobody watched it.
 */
export function mayBeOutdated(entry: LayerEntry): boolean {
  if (entry.kind !== "step" || entry.network === undefined) return true;
  return entry.network.fetched.length > 0 || entry.network.cache === true;
}

/** The newest layer of a script for which something was fetched, as far as the store has one. */
export async function lastFetching(
  store: LayerStore,
  { phase, script, element }: StepLabel,
): Promise<(StepEntry & { readonly network: NetworkUse }) | undefined> {
  const layers = (await store.all()).flatMap((entry) => {
    const { label } = entry;
    const same = label.phase === phase && label.script === script && label.element === element;
    if (!same || entry.kind !== "step" || entry.network === undefined) return [];
    return entry.network.fetched.length === 0 ? [] : [{ ...entry, network: entry.network }];
  });
  return layers.sort((a, b) => (a.created < b.created ? 1 : -1))[0];
}
