import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { CommandRunner } from "@dibkit/exec";
import { copyAttributes } from "../disk/copy-tree.js";
import type { DiskOverlay, DiskOverlays } from "../disk/disk-overlays.js";
import { OVERLAY_NOTES } from "../host/portable-member.js";
import type { OverlayMount } from "../host/tree-mount.js";
import type { LayerStore } from "../layers/layer-store.js";
import type { LayerTrees } from "../layers/layer-trees.js";
import { openDiskDevices } from "./disk-devices.js";

interface DiskTreesContext {
  readonly store: LayerStore;
  readonly commands: CommandRunner;
  /** The trees of the build, which show the hooks directory. */
  readonly trees: LayerTrees;
  readonly overlays: DiskOverlays;
  /** A directory of this build alone. */
  readonly scratch: string;
}

/**
 * Layers of scripts that work on a disk in files. The tree `root` of such a layer has a directory for each filesystem,
 * by its number in order of mounting, and the devices that the script has written to.
 */
export interface DiskTrees extends LayerTrees {
  /** Mounts the finished filesystems for the rest of the build, and makes the devices what scripts have left. */
  finish(layers: readonly string[]): ReturnType<DiskOverlays["show"]>;
}

/** The directory that a layer has for a filesystem, relative to the directory of the layers. */
const partOf = (layer: string, index: number) => `${layer}/root/${index}`;

export async function diskTrees(context: DiskTreesContext): Promise<DiskTrees> {
  const { store, commands, trees, overlays, scratch } = context;
  const devices = await openDiskDevices({ devices: overlays.devices, commands, scratch });
  const devicesIn = (layers: readonly string[]) => layers.map((layer) => store.treeDirectory(layer, "root"));
  const over = (layers: readonly string[], index: number) =>
    layers.map((layer) => partOf(layer, index)).filter((part) => existsSync(join(store.layers, part)));
  const mountOf = async (
    { at, source, lower }: DiskOverlay,
    parts: readonly string[],
    index: number,
    staging: string,
  ): Promise<OverlayMount> => {
    const upper = { directory: join(staging, "root", String(index)), work: join(staging, "work-root", String(index)) };
    for (const directory of Object.values(upper)) await mkdir(directory, { recursive: true });
    const all = [...parts, ...lower];
    // The top of an overlay has the attributes of its uppermost directory, which is a new one.
    const top = parts[0] === undefined ? (lower[0] ?? "") : join(store.layers, parts[0]);
    const copied = await copyAttributes(["."], top, upper.directory, { commands }, OVERLAY_NOTES);
    if (!copied.ok) throw new Error(copied.error.message);
    return { base: store.layers, lower: all, upper, at, source };
  };
  return {
    kind: trees.kind,
    async show(state, staging) {
      await devices.bring(devicesIn(state.root));
      const { hooks } = await trees.show({ ...state, root: [] }, staging);
      const mounts: OverlayMount[] = [];
      for (const [index, overlay] of overlays.filesystems.entries()) {
        mounts.push(await mountOf(overlay, over(state.root, index), index, staging));
      }
      const [root, ...inside] = mounts;
      if (root === undefined) throw new Error("a disk without a filesystem was planned");
      return { root, inside, hooks };
    },
    async collect(staging) {
      const { hooks } = await trees.collect(staging);
      await devices.collect(join(staging, "root"));
      // The tops of the filesystems are always there, with whatever attributes a script gave them.
      return { root: true, hooks };
    },
    discard: () => trees.discard(),
    async finish(layers) {
      await devices.bring(devicesIn(layers));
      return overlays.show(
        store.layers,
        overlays.filesystems.map((_, index) => over(layers, index)),
      );
    },
  };
}
