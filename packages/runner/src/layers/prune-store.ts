import { type CommandRunner, shellCommand } from "@dibkit/exec";
import { aptIndexOf, type LayerEntry } from "../job/layer.js";
import type { LayerStore } from "./layer-store.js";
import { oldestRunning } from "./running-builds.js";

/** A layer and when it was last of use. */
export interface UsedLayer {
  readonly meta: LayerEntry;
  readonly used: Date;
  /** State of the mirrors that its packages came from. */
  readonly aptIndex: string | undefined;
}

/** All layers, the most recently used first. */
export async function usedLayers(store: LayerStore): Promise<readonly UsedLayer[]> {
  const metas = await store.all();
  const layers = await Promise.all(
    metas.map(async (meta) => {
      const used = await store.usedAt(meta);
      return used === undefined ? [] : [{ meta, used, aptIndex: aptIndexOf(meta) }];
    }),
  );
  return layers.flat().sort((a, b) => b.used.getTime() - a.used.getTime());
}

/**
 * Removes the least recently used layers until at most `limit` bytes are left; gives the removed ones. Layers that a
 * running build may stand on stay.
 */
export async function pruneStore(
  store: LayerStore,
  limit: number,
  commands: CommandRunner,
): Promise<readonly UsedLayer[]> {
  const removed: UsedLayer[] = [];
  const layers = await usedLayers(store);
  let total = layers.reduce((sum, { meta }) => sum + meta.bytes, 0);
  if (total <= limit) return [];
  const running = await oldestRunning(store, commands);
  for (const layer of layers.toReversed()) {
    if (total <= limit) break;
    if (running !== undefined && layer.used >= running) break;
    await store.remove(layer.meta);
    removed.push(layer);
    total -= layer.meta.bytes;
  }
  return removed;
}

/** The command by which a user makes space on the filesystem of a store. */
export function pruneCommand(directory: string): string {
  return shellCommand("dibkit", "cache", "prune", "--size", "5G", "--cache-dir", directory);
}
