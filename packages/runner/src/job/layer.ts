import type { StepLabel } from "./build-event.js";
import type { NetworkNote } from "./fetched.js";
import type { MountRecord } from "./mount-record.js";

/** What every entry of the layer store says of itself. */
interface StoredEntry {
  readonly version: 2;
  /** Full key; the directory has its first 12 digits. */
  readonly key: string;
  /** The key it is found under, when it has taken the place of an earlier entry. */
  readonly asked?: string;
  readonly label: StepLabel;
  /** ISO time of the commit. */
  readonly created: string;
  /** How long it took to make. */
  readonly seconds: number;
  /** Hash of the content, or `""` of a step that changed nothing. Times are not part of it. */
  readonly content: string;
  /** Space on the disk, in bytes. */
  readonly bytes: number;
  /** Name of each key ingredient and a hash of its value, to explain a later miss. */
  readonly ingredients: Readonly<Record<string, string>>;
  /** No step before it or it itself could see the value of a secret, as far as was known when it was made. */
  readonly secretFree?: true;
  /** Where another machine's entry came from, and whose signature it had; absent when it was made here. */
  readonly origin?: { readonly registry: string; readonly signedBy?: string };
}

/** The effect of one step on the image, and why it may be used again. */
export interface StepEntry extends StoredEntry, NetworkNote {
  readonly kind: "step";
  /** Which trees the step changed; `host` is what it wrote elsewhere on the throw-away host. */
  readonly changed: { readonly root: boolean; readonly hooks: boolean; readonly host: boolean };
  /** Everything mounted in the target after the step. */
  readonly mounts: readonly MountRecord[];
  /**
   * By path of the hooks directory, what the elements had there when the step changed it. In another set of elements the
   * step would have met something else, so the entry counts only while all of it is the same.
   */
  readonly hooksBefore: Readonly<Record<string, string>>;
  /** State of the mirrors that the step's packages came from, when apt fetched their indexes in it. */
  readonly aptIndex?: string;
}

/** A disk with the finished tree on it, as `pre-finalise.d` finds it. */
export interface DiskEntry extends StoredEntry {
  readonly kind: "disk";
}

/** Finished outputs, and what scripts put beside them. */
export interface OutputEntry extends StoredEntry {
  readonly kind: "output";
}

/** Many layers of the root as one, because a mount takes a limited number of them. */
export interface MergedEntry extends StoredEntry {
  readonly kind: "merged";
}

/** What the layer store keeps under a key. */
export type LayerEntry = StepEntry | DiskEntry | OutputEntry | MergedEntry;

/** State of the package mirrors that an entry was made from; undefined when no package was fetched for it. */
export function aptIndexOf(entry: LayerEntry): string | undefined {
  return entry.kind === "step" ? entry.aptIndex : undefined;
}

/** The directories that an entry consists of. */
export function treesOf(entry: LayerEntry): readonly string[] {
  switch (entry.kind) {
    case "step":
      return (["root", "hooks", "host"] as const).filter((name) => entry.changed[name]);
    case "disk":
      return ["disk"];
    case "output":
      return ["output"];
    case "merged":
      return ["root"];
  }
}

/** The image at one moment of the build: a stack of layers and what is mounted in it. */
export interface ImageState {
  /** Stands for the content: equal content has an equal hash, however it came about. */
  readonly hash: string;
  /** Layer directories (12 digits) that changed the root, newest first. */
  readonly root: readonly string[];
  readonly hooks: readonly string[];
  /** The layer that holds what scripts wrote elsewhere on the (throw-away) host. */
  readonly host?: string;
  readonly mounts: readonly MountRecord[];
}

/** The beginning of every build. Layers that were made as plain copies stand on none that overlayfs made. */
export function emptyState(kind: "overlay" | "plain"): ImageState {
  return { hash: kind === "overlay" ? "empty" : "empty, plain", root: [], hooks: [], mounts: [] };
}
