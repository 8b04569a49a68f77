import { rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { CommandRunner } from "@dibkit/exec";
import { type LayerStore, layerName } from "./layer-store.js";
import { oldestRunning } from "./running-builds.js";
import { namesIn, readJson } from "./store-records.js";

/** What was removed, by kind. */
export interface Garbage {
  /** Layer directories without a description: what a kill in the middle of a removal leaves. */
  readonly partial: number;
  /** Layers that a newer one of the same key has taken the place of. */
  readonly replaced: number;
  /** Remembered environments, texts and ingredients that no layer can need any more. */
  readonly records: number;
}

/**
 * Removes what no build can use again, whatever the size of the store. What was touched since the oldest running build
 * began stays.
 */
export async function collectGarbage(store: LayerStore, commands: CommandRunner): Promise<Garbage> {
  const running = (await oldestRunning(store, commands))?.getTime() ?? Number.POSITIVE_INFINITY;
  const isFree = async (path: string) => {
    const status = await stat(path).catch(() => undefined);
    return status !== undefined && Math.max(status.atimeMs, status.ctimeMs) < running;
  };
  const metas = await store.all();
  const names = new Set(metas.map(({ key }) => layerName(key)));
  const partial = (await namesIn(store.layers)).filter((name) => name !== "empty" && !names.has(name));
  for (const name of partial) await rm(join(store.layers, name), { recursive: true, force: true });

  let replaced = 0;
  let records = 0;
  const remembered = await rememberedLayers(store);
  const newest = new Map<string, string>();
  for (const file of await namesIn(join(store.directory, "n"))) {
    const asked = file.replace(/\.json$/, "");
    const now = await readJson<{ readonly key: string }>(join(store.directory, "n", file));
    if (now !== undefined && names.has(layerName(now.key))) newest.set(asked, layerName(now.key));
    else {
      await rm(join(store.directory, "n", file), { force: true });
      records += 1;
    }
  }
  const byPlace = new Map(metas.map((meta) => [layerName(meta.key), meta]));
  const current = new Set(newest.values());
  for (const [name, meta] of byPlace) {
    const isOld = newest.has(name) || (meta.asked !== undefined && !current.has(name));
    if (!isOld || remembered.has(name) || !(await isFree(join(store.layers, name, "meta.json")))) continue;
    await store.remove(meta);
    replaced += 1;
  }
  records += await removeOldFiles(store, metas, isFree);
  return { partial: partial.length, replaced, records };
}

/** Layers of the builds that `shell`, `blame`, `diff` still know. */
async function rememberedLayers(store: LayerStore): Promise<ReadonlySet<string>> {
  const names = new Set<string>();
  for (const id of await store.records.buildIds()) {
    const record = await store.records.record(id);
    for (const { layer } of record?.steps ?? []) if (layer !== undefined) names.add(layer);
  }
  return names;
}

/** Environments, texts and what is known of scripts, older than every layer. */
async function removeOldFiles(
  store: LayerStore,
  metas: readonly { readonly created: string }[],
  isFree: (path: string) => Promise<boolean>,
): Promise<number> {
  const oldest = Math.min(Date.now(), ...metas.map(({ created }) => Date.parse(created)));
  let removed = 0;
  for (const directory of ["e", "t", "h"]) {
    for (const name of await namesIn(join(store.directory, directory))) {
      const path = join(store.directory, directory, name);
      if ((await stat(path)).mtimeMs >= oldest || !(await isFree(path))) continue;
      await rm(path, { force: true });
      removed += 1;
    }
  }
  return removed;
}
