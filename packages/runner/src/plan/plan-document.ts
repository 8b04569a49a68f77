import type { DiskPlan } from "@dibkit/model";
import type { ChosenDiskWay } from "../job/disk-way.js";

/** Everything that would happen, as `dibkit plan --format json` prints it. */
export interface PlanDocument {
  readonly version: 1;
  readonly image: string;
  readonly architecture: string;
  readonly elements: readonly PlannedElement[];
  readonly steps: readonly PlannedStep[];
  /** By phase. */
  readonly packages: Readonly<Record<string, PlannedPackages>>;
  /** Null: set, but only the build knows to what. */
  readonly environment: Readonly<Record<string, string | null>>;
  readonly disk: DiskPlan;
  /** How the disk is made: on loop devices, or in files alone; and why so. */
  readonly diskWay: ChosenDiskWay;
  readonly outputs: readonly string[];
}

export interface PlannedElement {
  readonly name: string;
  readonly path: string;
  readonly because: readonly string[];
}

export interface PlannedStep {
  readonly phase: string;
  readonly script: string;
  /** Null for dibkit's own steps and for scripts that another script links into place. */
  readonly element: string | null;
  readonly runs: "host" | "target";
  /** Null when it depends on the result of a step that has to run first, and for steps on the real disk. */
  readonly key: string | null;
  readonly cached: boolean;
  /** The registry that its layer would be taken from; absent when none is known to have it. */
  readonly registry?: string;
  /** Why it will run; absent when it is cached, or in a registry. */
  readonly reason?: string;
  /** Changed lines of the script or element file that the reason names, with `+` or `-` before each. */
  readonly diff?: readonly string[];
}

export interface PlannedPackages {
  readonly install: readonly PlannedPackage[];
  readonly uninstall: readonly PlannedPackage[];
}

export interface PlannedPackage {
  /** Name in the distribution, after pkg-map. */
  readonly name: string;
  readonly element: string;
  /** A `when` that only the build can decide. */
  readonly when?: readonly string[];
}
