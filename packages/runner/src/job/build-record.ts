import type { StepLabel } from "./build-event.js";
import type { ChosenDiskWay } from "./disk-way.js";
import type { EnvironmentValues } from "./environment-values.js";
import type { Fetched, NetworkNote } from "./fetched.js";
import type { ImageState } from "./layer.js";

/**
 * One step of a build as it is remembered, for `dibkit shell` and `dibkit blame`. Its way to the network is noted here
 * when it left no layer.
 */
export interface RecordedStep extends NetworkNote {
  readonly label: StepLabel;
  readonly side: "host" | "target";
  /** Works on the real disk: its state is not kept. */
  readonly onDisk: boolean;
  readonly before: ImageState;
  /** Name of the layer; absent while the step runs and after it failed. */
  readonly layer?: string;
}

export interface BuildRecord {
  readonly id: string;
  /** ISO time. */
  readonly started: string;
  /** Absolute path of the outputs without suffix. */
  readonly image: string;
  readonly elements: readonly string[];
  /** How its disk was made, and why so; absent in records of earlier versions. */
  readonly disk?: ChosenDiskWay;
  readonly steps: readonly RecordedStep[];
  /** `stopped`: it ended well after the step that the request named, without outputs. */
  readonly status: "running" | "built" | "stopped" | "failed" | "interrupted";
  /** Fingerprints of the outputs by absolute path, as they were when the build ended; of finished builds only. */
  readonly outputs?: Readonly<Record<string, string>>;
  /** What scripts of each phase see, without the values of secrets. */
  readonly environments: Readonly<Record<string, EnvironmentValues>>;
  /** What the files of `environment.d` fetched before the scripts of a phase, where they ran and fetched something. */
  readonly environmentFetches?: Readonly<Record<string, readonly Fetched[]>>;
}
