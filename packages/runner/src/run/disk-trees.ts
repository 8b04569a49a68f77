import { existsSync } from "node:fs";
import { join } from "node:path";
import type { CommandRunner } from "@dibkit/exec";
import { type DiskOverlays, overlayMount } from "../disk/disk-overlays.js";
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

/** The directory that a layer has for a filesystem; `root` is its tree. */
export function partOf(root: string, index: number): string {
  return join(root, String(index));
}

export async function diskTrees(context: DiskTreesContext): Promise<DiskTrees> {
  const { store, commands, trees, overlays, scratch } = context;
  const devices = await openDiskDevices({ devices: overlays.devices, commands, scratch });
  const devicesIn = (layers: readonly string[]) => layers.map((layer) => store.treeDirectory(layer, "root"));
  const over = (layers: readonly string[], index: number) =>
    layers.map((layer) => partOf(`${layer}/root`, index)).filter((part) => existsSync(join(store.layers, part)));
  return {
    kind: trees.kind,
    async show(state, staging) {
      await devices.bring(devicesIn(state.root));
      const { hooks } = await trees.show({ ...state, root: [] }, staging);
      const mounts: OverlayMount[] = [];
      for (const [index, overlay] of overlays.filesystems.entries()) {
        const lower = [...over(state.root, index), ...overlay.lower];
        const upper = {
          directory: partOf(join(staging, "root"), index),
          work: partOf(join(staging, "work-root"), index),
        };
        const mount = await overlayMount({ ...overlay, lower }, store.layers, upper, { commands });
        if (!mount.ok) throw new Error(mount.error.message);
        mounts.push(mount.value);
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
