import { readFile } from "node:fs/promises";
import type { CommandRunner } from "@dibkit/exec";
import { type LayerEntry, treesOf } from "../job/layer.js";
import { type LayerStore, layerName } from "./layer-store.js";
import { measureFiles } from "./measure-files.js";
import { measureTrees } from "./tree-changes.js";

/** Layers whose content is not what it was when it was kept; with `repair` they are removed. */
export async function verifyStore(
  store: LayerStore,
  commands: CommandRunner,
  repair: boolean,
): Promise<readonly LayerEntry[]> {
  return verifyLayers(store, await store.all(), commands, repair);
}

async function verifyLayers(
  store: LayerStore,
  layers: readonly LayerEntry[],
  commands: CommandRunner,
  repair: boolean,
): Promise<readonly LayerEntry[]> {
  const damaged: LayerEntry[] = [];
  for (const meta of layers) {
    const trees = treesOf(meta);
    if (trees.length === 0) continue;
    const measure = meta.kind === "disk" || meta.kind === "output" ? measureFiles : measureTrees;
    const measured = await measure(commands, store.treeDirectory(layerName(meta.key), ""), trees);
    if (measured?.content === meta.content) continue;
    damaged.push(meta);
    if (repair) await store.remove(meta);
  }
  return damaged;
}

/** The kernel writes everything to disk within half a minute; this is ten times as long. */
const UNWRITTEN_MS = 300_000;
const BOOT_ID = "/proc/sys/kernel/random/boot_id";

/**
 * Layers are kept without waiting until they are on disk, so a power failure may take half of the newest ones. In the
 * first build after the machine was started, this verifies those that may have been in memory when it stopped, and
 * removes what is damaged. Gives what it removed.
 */
export async function verifyAfterRestart(store: LayerStore, commands: CommandRunner): Promise<readonly LayerEntry[]> {
  const boot = (await readFile(BOOT_ID, "utf8").catch(() => "")).trim();
  if ((await store.records.boot()) === boot) return [];
  const layers = await store.all();
  const newest = Math.max(...layers.map(({ created }) => Date.parse(created)));
  const fresh = layers.filter(({ created }) => Date.parse(created) >= newest - UNWRITTEN_MS);
  const damaged = await verifyLayers(store, fresh, commands, true);
  await store.records.saveBoot(boot);
  return damaged;
}
