import type { StepLabel } from "./build-event.js";
import type { MountRecord } from "./mount-record.js";

/** What is remembered of one step that ran: its effect on the image, and why it may be used again. */
export interface LayerMeta {
  readonly version: 1;
  /** Full key; the directory has its first 12 digits. */
  readonly key: string;
  /** The key it is found under, when it has taken the place of an earlier layer. */
  readonly asked?: string;
  readonly label: StepLabel;
  /** ISO time of the commit. */
  readonly created: string;
  readonly seconds: number;
  /** Hash of the changes, or `""` when the step changed nothing. Times are not part of it. */
  readonly content: string;
  /** Disk space of the layer. */
  readonly bytes: number;
  /** Which trees the step changed. */
  readonly changed: {
    readonly root: boolean;
    readonly hooks: boolean;
    readonly host: boolean;
    /** The layer holds finished outputs instead. */
    readonly output?: boolean;
    /** The layer holds a populated disk instead. */
    readonly disk?: boolean;
  };
  /** Everything mounted in the target after the step. */
  readonly mounts: readonly MountRecord[];
  /** Hooks files that the step replaced by its own version, and the hash of what was there before. */
  readonly replacedHooks: Readonly<Record<string, string>>;
  /** Name of each key ingredient and a hash of its value, to explain a later miss. */
  readonly ingredients: Readonly<Record<string, string>>;
  /** State of the mirrors that the step's packages came from, when apt fetched their indexes in it. */
  readonly aptIndex?: string;
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
