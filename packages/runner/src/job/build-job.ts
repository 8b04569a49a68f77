import type { DiskParameters, SourceText } from "@dibkit/model";
import type { BuildRequest } from "./build-request.js";
import type { ChosenDiskWay } from "./disk-way.js";

/** A Python of the host. */
export interface HostPython {
  /** Absolute path. */
  readonly program: string;
  /** Directory that has to be on PYTHONPATH. */
  readonly path?: string;
}

/** An element of a build. */
export interface JobElement {
  readonly name: string;
  /** Where it is on disk now. */
  readonly directory: string;
  readonly authored: boolean;
  /**
   * What it is made of, by path: `MODE SHA256` of a file, `link TARGET`, `directory MODE`; absent in jobs of earlier
   * versions.
   */
  readonly files?: Readonly<Record<string, string>>;
}

/** What the command line hands to the worker, as JSON. */
export interface BuildJob {
  /** Name of the build: its directory under `builds/` of the store. */
  readonly id: string;
  /** Absolute path of the outputs without suffix. */
  readonly image: string;
  readonly request: BuildRequest;
  /** Names of the variables whose values must not be seen; on disk the request's environment is without those. */
  readonly secrets: readonly string[];
  /** Final elements in resolved order. */
  readonly elements: readonly JobElement[];
  /** Names of the caller's variables that reach scripts; absent in jobs of earlier versions. */
  readonly passed?: readonly string[];
  /** ELEMENTS_PATH entries in order of precedence. */
  readonly elementsPath: readonly string[];
  /** By `PHASE/SCRIPT`, the variables that definitions in TypeScript declare to be all that the script reads. */
  readonly declaredInputs?: Readonly<Record<string, readonly string[]>>;
  /** By variable, the phases whose scripts read it, where every definition that sets it says so. */
  readonly declaredPhases?: Readonly<Record<string, readonly string[]>>;
  /** By package, as the package manager knows it, the element whose package-installs asked for it first. */
  readonly askedFor?: Readonly<Record<string, string>>;
  readonly upstreamLibrary?: string;
  /** The interpreter for programs that elements bring, and what it needs on its path to find upstream. */
  readonly python?: HostPython;
  readonly disk: {
    /** The block-device configuration that was chosen. */
    readonly source: SourceText;
    readonly parameters: DiskParameters;
    /** `DIB_ROOT_LABEL`, `DIB_ROOT_FSTYPE`, `DIB_BOOT_LABEL`, `DIB_MOUNTPOINTS`. */
    readonly environment: Readonly<Record<string, string>>;
    /** How the disk is made, and why so. */
    readonly chosen: ChosenDiskWay;
  };
  /** Existing directories that stay really writable. */
  readonly writable: readonly string[];
  /** Send every line of output as an event. */
  readonly verbose: boolean;
}

/** How a build ended. */
export type BuildOutcome = { readonly kind: "built"; readonly outputs: readonly string[] } | BuildFailure;

/** Every way a build can fail after it started. */
export type BuildFailure =
  | {
      readonly kind: "script-failed";
      readonly message: string;
      /** File that holds the script, of an element defined in TypeScript the module. */
      readonly source?: string;
      readonly exitCode: number;
      readonly tail: readonly string[];
      readonly log: string;
      readonly help: string;
    }
  | {
      readonly kind: "stage-failed";
      readonly message: string;
      readonly tail: readonly string[];
      readonly help?: string;
    }
  | { readonly kind: "interrupted" };
