import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { CommandRunner } from "@dibkit/exec";
import type { LayerMeta } from "../job/layer.js";
import { type LayerStore, layerName } from "./layer-store.js";
import { measureFiles } from "./measure-files.js";
import { measureTrees } from "./tree-changes.js";

/** Layers whose content is not what it was when it was kept; with `repair` they are removed. */
export async function verifyStore(
  store: LayerStore,
  commands: CommandRunner,
  repair: boolean,
): Promise<readonly LayerMeta[]> {
  return verifyLayers(store, await store.all(), commands, repair);
}

async function verifyLayers(
  store: LayerStore,
  layers: readonly LayerMeta[],
  commands: CommandRunner,
  repair: boolean,
): Promise<readonly LayerMeta[]> {
  const damaged: LayerMeta[] = [];
  for (const meta of layers) {
    const trees = Object.entries(meta.changed).flatMap(([name, there]) => (there ? [name] : []));
    if (trees.length === 0) continue;
    const measure = meta.changed.disk || meta.changed.output ? measureFiles : measureTrees;
    const measured = await measure(commands, join(store.layers, layerName(meta.key)), trees);
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
export async function verifyAfterRestart(store: LayerStore, commands: CommandRunner): Promise<readonly LayerMeta[]> {
  const boot = (await readFile(BOOT_ID, "utf8").catch(() => "")).trim();
  const known = await store.readJson<{ readonly boot: string }>("boot.json");
  if (known?.boot === boot) return [];
  const layers = await store.all();
  const newest = Math.max(...layers.map(({ created }) => Date.parse(created)));
  const fresh = layers.filter(({ created }) => Date.parse(created) >= newest - UNWRITTEN_MS);
  const damaged = await verifyLayers(store, fresh, commands, true);
  await store.writeJson({ boot }, "boot.json");
  return damaged;
}
