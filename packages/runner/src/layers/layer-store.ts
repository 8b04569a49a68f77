import { existsSync } from "node:fs";
import { mkdir, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { hashText } from "../job/hash-text.js";
import type { ImageState, LayerEntry, StepEntry } from "../job/layer.js";
import { namesIn, readJson, type StoreRecords, storeRecords, writeJson } from "./store-records.js";

/**
 * Directories:
 *   l/<first 12 digits of the key>/{meta.json,root,hooks,host}   committed layers; a short name for mount options
 *   e/<key>.json        environments captured in the target
 *   n/<first 12 digits of the key>.json   the key of a newer layer, made when the step was asked to run again
 *   t/<hash>            texts of scripts and element files that keys were made of, to show how they changed
 *   h/<hash>.json       why a script, known by its bytes, has the host's network where dibkit chooses
 *   c/<first 12 digits of the key>        the build that makes this layer right now
 *   last/<step>.json    ingredients of the newest layer of each step of an image, to explain misses
 *   contents/<SHA-256>   bytes that builds with a lock have fetched
 *   builds/<id>/        one directory per running or finished build
 */
export interface LayerStore {
  readonly directory: string;
  /** Directory of the layers, from which their trees are mounted. */
  readonly layers: string;
  /** What is remembered beside the layers. */
  readonly records: StoreRecords;
  /** The entry of a key, which counts as used now. */
  find(key: string): Promise<LayerEntry | undefined>;
  /** The entry of that name, the beginning of its key. */
  named(name: string): Promise<LayerEntry | undefined>;
  /**
   * Moves a staged layer into place; of two builds that made the same one, the first wins and its entry is returned.
   * With `replace` it is found instead of an earlier one from now on. It then gets a key of its own, because builds that
   * run may still use the earlier one.
   */
  commit<T extends LayerEntry>(staging: string, entry: T, replace?: boolean): Promise<T>;
  all(): Promise<readonly LayerEntry[]>;
  /** When an entry was last of use; undefined when another process has just removed it. */
  usedAt(entry: LayerEntry): Promise<Date | undefined>;
  remove(entry: LayerEntry): Promise<void>;
  /** The directory of a tree of an entry (`root`, `hooks`, `host`, `disk`, `output`), for those who mount or copy it. */
  treeDirectory(name: string, tree: string): string;
}

/** Name of an entry: the first 12 digits of its key. */
export function layerName(key: string): string {
  return key.slice(0, 12);
}

/** Opens a store to build in: what is missing of it is made. */
export async function openLayerStore(directory: string): Promise<LayerStore> {
  for (const name of ["l", "l/empty", "n", "e", "t", "h", "c", "last", "builds"])
    await mkdir(join(directory, name), { recursive: true });
  return layerStoreAt(directory);
}

/** A store to look into, which may not be there and may not be writable; nothing is made. */
export function layerStoreAt(directory: string): LayerStore {
  const layers = join(directory, "l");
  const metaFile = (name: string) => join(layers, name, "meta.json");
  const newerFile = (key: string) => join(directory, "n", `${layerName(key)}.json`);
  const newer = (key: string) => readJson<{ readonly key: string }>(newerFile(key));
  const named = async (name: string) => {
    const entry = await readJson<LayerEntry>(metaFile(name));
    return entry?.version === 2 ? entry : undefined;
  };
  const find = async (asked: string) => {
    const key = (await newer(asked))?.key ?? asked;
    const entry = await named(layerName(key));
    if (entry === undefined || entry.key !== key) return undefined;
    const now = new Date();
    // The modification time of meta.json is when the layer was last of use; pruning goes by it.
    await utimes(metaFile(layerName(key)), now, now).catch(() => undefined);
    return entry;
  };
  return {
    directory,
    layers,
    records: storeRecords(directory),
    find,
    named,
    async commit<T extends LayerEntry>(staging: string, given: T, replace = false): Promise<T> {
      const again =
        (await newer(given.key)) !== undefined || (replace && existsSync(join(layers, layerName(given.key))));
      const key = again ? hashText(JSON.stringify([given.key, given.created, process.pid, staging])) : given.key;
      const entry: T = { ...given, key, ...(again ? { asked: given.key } : {}) };
      await writeFile(join(staging, "meta.json"), JSON.stringify(entry));
      const committed = join(layers, layerName(entry.key));
      try {
        await rename(staging, committed);
        if (again) await writeJson(newerFile(given.key), { key });
        return entry;
      } catch (error) {
        const earlier = existsSync(committed) ? await find(entry.key) : undefined;
        if (earlier?.kind === entry.kind) {
          await rm(staging, { recursive: true, force: true });
          return earlier as T;
        }
        // What a removal has left that was killed in the middle, or a power failure of the newest layers.
        if (!existsSync(committed)) throw error;
        await rm(committed, { recursive: true, force: true });
        await rename(staging, committed);
        return entry;
      }
    },
    async all() {
      const entries = await Promise.all((await namesIn(layers)).map(named));
      return entries.filter((entry) => entry !== undefined);
    },
    usedAt: (entry) =>
      stat(metaFile(layerName(entry.key))).then(
        ({ mtime }) => mtime,
        () => undefined,
      ),
    remove: (entry) => rm(join(layers, layerName(entry.key)), { recursive: true, force: true }),
    treeDirectory: (name, tree) => join(layers, name, tree),
  };
}

/** The state after the layer of a step has been put on top. */
export function afterLayer(state: ImageState, entry: StepEntry): ImageState {
  const name = layerName(entry.key);
  const mounts = JSON.stringify(entry.mounts);
  const sameMounts = mounts === JSON.stringify(state.mounts);
  const changed = entry.content !== "" || !sameMounts;
  return {
    hash: changed ? hashText(JSON.stringify([state.hash, entry.content, mounts])) : state.hash,
    root: entry.changed.root ? [name, ...state.root] : state.root,
    hooks: entry.changed.hooks ? [name, ...state.hooks] : state.hooks,
    ...(entry.changed.host ? { host: name } : state.host === undefined ? {} : { host: state.host }),
    mounts: entry.mounts,
  };
}
