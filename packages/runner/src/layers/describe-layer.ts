import { aptIndexOf, type LayerEntry } from "../job/layer.js";
import type { PastBuild } from "./build-history.js";
import { changedIngredients } from "./layer-key.js";
import { type LayerStore, layerName } from "./layer-store.js";

/** All that is known of a layer: what its key is made of, and what differs from the layer of the step before it. */
export interface LayerDescription {
  readonly meta: LayerEntry;
  readonly used: Date;
  /** State of the mirrors that its packages came from. */
  readonly aptIndex: string | undefined;
  /** What the newest build of the image did with the step, when the layer is that build's. */
  readonly build?: { readonly id: string; readonly outcome: string; readonly reason?: string };
  /** The layer that the step had before this one. */
  readonly before?: { readonly meta: LayerEntry; readonly changed: readonly string[] };
}

/** Describes a layer by the beginning of its key, or by the step `install.d/50-x` of a build; undefined: none. */
export async function describeLayer(
  store: LayerStore,
  word: string,
  build: PastBuild | undefined,
): Promise<LayerDescription | undefined> {
  const step = build?.record.steps.find(
    ({ label }) => word === `${label.phase}/${label.script}` || word === label.script,
  );
  const metas = await store.all();
  const meta = metas.find(({ key }) =>
    step?.layer === undefined ? /^[0-9a-f]{4,}$/.test(word) && key.startsWith(word) : layerName(key) === step.layer,
  );
  if (meta === undefined) return undefined;
  const used = await store.usedAt(meta);
  if (used === undefined) return undefined;
  const before = metas
    .filter((other) => sameStep(other, meta) && other.created < meta.created)
    .sort((a, b) => (a.created < b.created ? 1 : -1))[0];
  const id = step === undefined ? undefined : build?.record.id;
  const timeline = id === undefined ? undefined : await store.records.timeline(id);
  const timed = timeline?.steps.find((one) => one.id === `${meta.label.phase}/${meta.label.script}`);
  return {
    meta,
    used,
    aptIndex: aptIndexOf(meta),
    ...(id && timed
      ? { build: { id, outcome: timed.outcome, ...(timed.reason === undefined ? {} : { reason: timed.reason }) } }
      : {}),
    ...(before ? { before: { meta: before, changed: changedIngredients(before.ingredients, meta.ingredients) } } : {}),
  };
}

function sameStep({ label: a }: LayerEntry, { label: b }: LayerEntry): boolean {
  return a.phase === b.phase && a.script === b.script && a.element === b.element;
}
