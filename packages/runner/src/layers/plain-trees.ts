import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { HOOKS_DIRECTORY, TARGET_DIRECTORY } from "../job/build-directories.js";
import type { ImageState } from "../job/layer.js";
import type { LayerTrees } from "./layer-trees.js";
import type { TreesContext } from "./overlay-trees.js";
import { applyPlainLayer, writePlainLayer } from "./plain-layer.js";
import { compareScans, scanTree, type TreeScan } from "./scan-tree.js";

const NAMES = ["root", "hooks"] as const;
type TreeName = (typeof NAMES)[number];

/** One tree of the build as a directory, and what is known of it. */
interface WorkingTree {
  readonly directory: string;
  /** Layers whose content it has, newest first; undefined when it has to be made anew. */
  layers: readonly string[] | undefined;
  /** Something ran on it whose changes do not count. */
  doubtful: boolean;
  /** The last `collect` found changes, which the next state will have as a layer. */
  ahead: boolean;
  scan: TreeScan | undefined;
}

/**
 * Layers on any filesystem: a build works in one plain copy of the image, and a layer holds what a comparison of the
 * copy before and after a step finds. Where the filesystem can, copies share their blocks.
 */
export function plainTrees(context: TreesContext): LayerTrees {
  const { store, commands, scratch } = context;
  const tree = (name: TreeName): WorkingTree => ({
    ...{ directory: join(scratch, "plain", name), layers: undefined, ahead: false, doubtful: false, scan: undefined },
  });
  const trees: Readonly<Record<TreeName, WorkingTree>> = { root: tree("root"), hooks: tree("hooks") };
  const scan = (name: TreeName) => scanTree(commands, trees[name].directory, join(scratch, "plain", `${name}.scan`));

  const bring = async (name: TreeName, wanted: readonly string[]) => {
    const work = trees[name];
    if (work.doubtful && work.scan !== undefined) {
      const { changed, removed } = compareScans(work.scan, await scan(name));
      if (changed.length + removed.length > 0) work.layers = undefined;
    }
    work.doubtful = false;
    const missing = missingLayers(work, wanted);
    if (missing === undefined) {
      await rm(work.directory, { recursive: true, force: true });
      await mkdir(work.directory, { recursive: true });
      if (name === "hooks") await applyPlainLayer(commands, context.hooksBase, work.directory);
    }
    const layers = missing ?? wanted;
    for (const layer of layers.toReversed()) {
      await applyPlainLayer(commands, store.treeDirectory(layer, name), work.directory);
    }
    if (missing === undefined || layers.length > 0 || work.scan === undefined) work.scan = await scan(name);
    work.layers = wanted;
    work.ahead = false;
  };

  return {
    kind: "plain",
    async show(state: ImageState, staging) {
      await mkdir(staging, { recursive: true });
      for (const name of NAMES) await bring(name, state[name]);
      return {
        root: { bind: trees.root.directory, at: TARGET_DIRECTORY },
        hooks: { bind: trees.hooks.directory, at: HOOKS_DIRECTORY },
      };
    },
    async collect(staging) {
      const keep = async (name: TreeName) => {
        const work = trees[name];
        const after = await scan(name);
        const changes = compareScans(work.scan ?? new Map(), after);
        await writePlainLayer(commands, work.directory, after, changes, join(staging, name));
        work.ahead = changes.changed.length + changes.removed.length > 0;
        work.scan = after;
        return work.ahead;
      };
      return { root: await keep("root"), hooks: await keep("hooks") };
    },
    discard() {
      for (const name of NAMES) trees[name].doubtful = true;
    },
  };
}

/** The layers that a tree lacks of a state; undefined when it has something that the state has not. */
function missingLayers({ layers, ahead }: WorkingTree, wanted: readonly string[]): readonly string[] | undefined {
  if (layers === undefined) return undefined;
  const more = wanted.length - layers.length;
  if (more < 0 || layers.some((layer, at) => wanted[at + more] !== layer)) return undefined;
  if (!ahead) return wanted.slice(0, more);
  // What the last step changed is there already: the oldest of the layers that have come since.
  return more === 0 ? undefined : wanted.slice(0, more - 1);
}
