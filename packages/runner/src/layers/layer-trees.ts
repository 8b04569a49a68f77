import type { TreeMount } from "../host/tree-mount.js";
import type { ImageState } from "../job/layer.js";

/** The trees of a state, the root and the hooks directory, with the mounts that show them. */
export interface ShownTrees {
  readonly root: TreeMount;
  /** What is mounted in the root: further filesystems of the image, parents first. */
  readonly inside?: readonly TreeMount[];
  readonly hooks: TreeMount;
}

/**
 * How layers become directories that scripts can change, and changes become layers. Overlayfs does both at no cost;
 * plain copies work on filesystems where it does not.
 */
export interface LayerTrees {
  readonly kind: "overlay" | "plain";
  /** Where and how to mount a state so that what changes can be collected in `staging`. */
  show(state: ImageState, staging: string): Promise<ShownTrees>;
  /**
   * Leaves what was changed since `show` in `root` and `hooks` of `staging`, in the form of layers; gives which of the
   * two trees has changed at all.
   */
  collect(staging: string): Promise<{ readonly root: boolean; readonly hooks: boolean }>;
  /** What was changed since `show` is not to count: a script failed, or only its output was wanted. */
  discard(): void;
}
