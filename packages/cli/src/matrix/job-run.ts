import type { BuildOptionValues } from "../building/build-options.js";

/** How a job of a matrix is done here. */
export interface JobRun {
  readonly options: BuildOptionValues;
  readonly verbose: boolean;
  /** Where images go, as the user wrote it. */
  readonly directory: string;
}
