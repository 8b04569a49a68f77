import { chmod, chown, mkdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { bashCommand, type CommandRunner, commandError, namespaceCommand, shellCommand } from "@dibkit/exec";
import { type OverlayMount, renderTreeMount } from "../host/tree-mount.js";
import { HOOKS_DIRECTORY, TARGET_DIRECTORY } from "../job/build-directories.js";
import { hashText } from "../job/hash-text.js";
import type { ImageState } from "../job/layer.js";
import { type LayerStore, layerName } from "./layer-store.js";
import type { LayerTrees } from "./layer-trees.js";
import { holdsAnything, measureTrees } from "./tree-changes.js";

/**
 * The options of one mount call must fit into a page of 4096 bytes, which is about 200 layers with the short names of
 * the store; an element set with more scripts that change the image gets its older layers copied into one.
 */
export const MOST_LAYERS = 150;

export interface TreesContext {
  readonly store: LayerStore;
  readonly commands: CommandRunner;
  /** The merged hooks on disk: the lowest layer of the hooks directory. */
  readonly hooksBase: string;
  /** Directory of this build alone, on the filesystem of the store; it is removed with the build. */
  readonly scratch: string;
}

/** Layers as overlayfs has them: an upper directory is a layer. */
export function overlayTrees(context: TreesContext, limit = MOST_LAYERS): LayerTrees {
  const { store, hooksBase } = context;
  /** Mode and owner that the top directories began with. */
  const tops = new Map<string, string>();
  return {
    kind: "overlay",
    async show(state, staging) {
      const overlay = (
        name: "root" | "hooks",
        layers: readonly string[],
        lowest: string,
        at: string,
      ): OverlayMount => ({
        base: store.layers,
        lower: [...layers.map((layer) => `${layer}/${name}`), lowest],
        upper: { directory: join(staging, name), work: join(staging, `work-${name}`) },
        at,
        // Hooks are read without being mounted, and by sets of elements in which the old name is another directory.
        redirects: name === "root",
      });
      const root = await mergedRoot(context, state, limit);
      for (const [name, layers] of [["root", root] as const, ["hooks", state.hooks] as const]) {
        await mkdir(join(staging, name), { recursive: true });
        await mkdir(join(staging, `work-${name}`), { recursive: true });
        const [newest] = layers;
        // The top of an overlay has the attributes of its uppermost directory, which is a new one.
        if (newest !== undefined) await copyAttributes(store.treeDirectory(newest, name), join(staging, name));
        tops.set(join(staging, name), await attributes(join(staging, name)));
      }
      return {
        root: overlay("root", root, "empty", TARGET_DIRECTORY),
        hooks: overlay("hooks", state.hooks, hooksBase, HOOKS_DIRECTORY),
      };
    },
    async collect(staging) {
      for (const name of ["work-root", "work-hooks"]) await rm(join(staging, name), { recursive: true, force: true });
      const hasChanged = async (name: string) => {
        const top = join(staging, name);
        return (await holdsAnything(top)) || (await attributes(top)) !== tops.get(top);
      };
      return { root: await hasChanged("root"), hooks: await hasChanged("hooks") };
    },
    discard: () => {},
  };
}

async function attributes(directory: string): Promise<string> {
  const { mode, uid, gid } = await stat(directory);
  return [mode, uid, gid].join(" ");
}

async function copyAttributes(from: string, to: string): Promise<void> {
  const { mode, uid, gid } = await stat(from);
  await chown(to, uid, gid);
  await chmod(to, mode & 0o7777);
}

/** Names of at most `limit` layers with the same content, newest first: the oldest ones are copied into one. */
async function mergedRoot(context: TreesContext, state: ImageState, limit: number): Promise<readonly string[]> {
  let layers = state.root;
  while (layers.length > limit) {
    layers = [...layers.slice(0, -limit), await mergeAll(context, layers.slice(-limit))];
  }
  return layers;
}

async function mergeAll({ store, commands, scratch }: TreesContext, layers: readonly string[]): Promise<string> {
  const key = hashText(JSON.stringify(["merged", layers]));
  if ((await store.find(key)) !== undefined) return layerName(key);
  const staging = join(scratch, `merge-${layerName(key)}`);
  const view = join(scratch, `merge-${layerName(key)}-view`);
  await mkdir(view, { recursive: true });
  await mkdir(join(staging, "root"), { recursive: true });
  const lower = [...layers.map((layer) => `${layer}/root`), "empty"];
  const mount = renderTreeMount({ base: store.layers, lower, at: view });
  const copy = shellCommand("cp", "-a", "--reflink=auto", "--", `${view}/.`, join(staging, "root"));
  const done = await commands.run(namespaceCommand(bashCommand(`${mount} && ${copy}`)));
  const measured = done.ok ? await measureTrees(commands, staging, ["root"]) : undefined;
  await rm(view, { recursive: true, force: true });
  if (!done.ok) throw commandError(`merge ${layers.length} layers`, done.error);
  if (measured === undefined) throw new Error(`cannot measure what ${layers.length} merged layers are`);
  await store.commit(staging, {
    version: 2,
    kind: "merged",
    key,
    label: { phase: "dibkit", script: "merge-layers" },
    created: new Date().toISOString(),
    seconds: 0,
    ...measured,
    ingredients: {},
  });
  return layerName(key);
}
