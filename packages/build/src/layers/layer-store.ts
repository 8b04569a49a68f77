import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rename, rm, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { ImageState, LayerMeta } from "./layer.js";
import { hashText } from "./layer-key.js";

/**
 * Directories:
 *   l/<first 12 digits of the key>/{meta.json,log,root,hooks,host}   committed layers; `r`, `h` for short mount options
 *   e/<key>.json        environments captured in the target
 *   n/<first 12 digits of the key>.json   the key of a newer layer, made when the step was asked to run again
 *   t/<hash>            texts of scripts and element files that keys were made of, to show how they changed
 *   c/<first 12 digits of the key>        the build that makes this layer right now
 *   last/<step>.json    ingredients of the newest layer of each step of an image, to explain misses
 *   builds/<id>/        one directory per running or finished build
 */
export interface LayerStore {
  readonly directory: string;
  /** Directory of a layer, from which its trees are mounted. */
  readonly layers: string;
  find(key: string): Promise<LayerMeta | undefined>;
  /**
   * Moves a staged layer into place; of two builds that made the same one, the first wins and its meta is returned.
   * With `replace` it is found instead of an earlier one from now on. It then gets a key of its own, because builds that
   * run may still use the earlier one.
   */
  commit(staging: string, meta: LayerMeta, replace?: boolean): Promise<LayerMeta>;
  all(): Promise<readonly LayerMeta[]>;
  remove(meta: LayerMeta): Promise<void>;
  readJson<T>(...path: readonly string[]): Promise<T | undefined>;
  writeJson(value: unknown, ...path: readonly string[]): Promise<void>;
}

export function layerName(key: string): string {
  return key.slice(0, 12);
}

/** Opens a store to build in: what is missing of it is made. */
export async function openLayerStore(directory: string): Promise<LayerStore> {
  for (const name of ["l", "l/empty", "n", "e", "t", "c", "last", "builds"])
    await mkdir(join(directory, name), { recursive: true });
  return layerStoreAt(directory);
}

/** A store to look into, which may not be there and may not be writable; nothing is made. */
export function layerStoreAt(directory: string): LayerStore {
  const layers = join(directory, "l");
  const readJson = async <T>(...path: readonly string[]): Promise<T | undefined> => {
    try {
      return JSON.parse(await readFile(join(directory, ...path), "utf8")) as T;
    } catch (error) {
      if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
      throw error;
    }
  };
  const writeJson = async (value: unknown, ...path: readonly string[]) => {
    const file = join(directory, ...path);
    // Several builds of one process may write the same file.
    const temporary = `${file}.${randomUUID()}.tmp`;
    // Captured environments may hold passwords.
    await writeFile(temporary, JSON.stringify(value), { mode: 0o600 });
    await rename(temporary, file);
  };
  const newer = (key: string) => readJson<{ readonly key: string }>("n", `${layerName(key)}.json`);
  const find = async (asked: string) => {
    const key = (await newer(asked))?.key ?? asked;
    const meta = await readJson<LayerMeta>("l", layerName(key), "meta.json");
    if (meta === undefined || meta.key !== key || meta.version !== 1) return undefined;
    const now = new Date();
    // The modification time of meta.json is when the layer was last of use; pruning goes by it.
    await utimes(join(layers, layerName(key), "meta.json"), now, now).catch(() => undefined);
    return meta;
  };
  return {
    directory,
    layers,
    find,
    readJson,
    writeJson,
    async commit(staging, given, replace = false) {
      const again =
        (await newer(given.key)) !== undefined || (replace && existsSync(join(layers, layerName(given.key))));
      const key = again ? hashText(JSON.stringify([given.key, given.created, process.pid, staging])) : given.key;
      const meta: LayerMeta = { ...given, key, ...(again ? { asked: given.key } : {}) };
      await writeFile(join(staging, "meta.json"), JSON.stringify(meta));
      const place = join(layers, layerName(meta.key));
      try {
        await rename(staging, place);
        if (again) await writeJson({ key }, "n", `${layerName(given.key)}.json`);
        return meta;
      } catch (error) {
        const known = existsSync(place) ? await find(meta.key) : undefined;
        if (known !== undefined) {
          await rm(staging, { recursive: true, force: true });
          return known;
        }
        // What a removal has left that was killed half-way, or a power failure of the newest layers.
        if (!existsSync(place)) throw error;
        await rm(place, { recursive: true, force: true });
        await rename(staging, place);
        return meta;
      }
    },
    async all() {
      const names = await namesIn(layers);
      const metas = await Promise.all(names.map((name) => readJson<LayerMeta>("l", name, "meta.json")));
      return metas.filter((meta) => meta !== undefined);
    },
    remove: (meta) => rm(join(layers, layerName(meta.key)), { recursive: true, force: true }),
  };
}

/** Names in a directory of a store; none when it is not there. */
export async function namesIn(directory: string): Promise<readonly string[]> {
  try {
    return (await readdir(directory)).sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

/** The state after a layer has been put on top. */
export function afterLayer(state: ImageState, meta: LayerMeta): ImageState {
  const name = layerName(meta.key);
  const mounts = JSON.stringify(meta.mounts);
  const sameMounts = mounts === JSON.stringify(state.mounts);
  const changed = meta.content !== "" || !sameMounts;
  return {
    hash: changed ? hashText(JSON.stringify([state.hash, meta.content, mounts])) : state.hash,
    root: meta.changed.root ? [name, ...state.root] : state.root,
    hooks: meta.changed.hooks ? [name, ...state.hooks] : state.hooks,
    ...(meta.changed.host ? { host: name } : state.host === undefined ? {} : { host: state.host }),
    mounts: meta.mounts,
  };
}
