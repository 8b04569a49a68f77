import type { MatrixCell } from "@dibkit/model";
import type { PredictedStep } from "@dibkit/runner";

/** A cell, and what its image has in common with others. */
export interface PredictedCell {
  readonly cell: MatrixCell;
  /** Steps before the disk, in order. */
  readonly steps: readonly PredictedStep[];
  /** What its outputs are made of, as one value. */
  readonly outputs: string;
}

/** One piece of work for one machine. */
export interface MatrixJob {
  /** Unique in the matrix: the name of a cell, one that ends in `-shared`, or `publish`. */
  readonly name: string;
  /** `shared` makes the layers that several cells begin with; `cell` an image; `publish` hands on all of them. */
  readonly kind: "shared" | "cell" | "publish";
  /** The same on every machine, and another one when what the job is made of changes: status is kept under it. */
  readonly id: string;
  /** Names of the jobs that must have ended well before it. */
  readonly needs: readonly string[];
  /** Names of the cells it is about; a shared job builds the first of them, as far as `stopAfter`. */
  readonly cells: readonly string[];
  /** The steps that are its own: those before them are of the jobs it needs. */
  readonly steps: readonly PredictedStep[];
  /** Of a shared job, its last step: `install.d/50-nginx`. */
  readonly stopAfter?: string;
}

/** What builds a matrix: a forest of shared jobs with cells at its ends, then publishing. */
export interface JobGraph {
  readonly matrix: string;
  readonly cells: readonly PredictedCell[];
  /** Each after those it needs. */
  readonly jobs: readonly MatrixJob[];
}

export function stepId({ label }: PredictedStep): string {
  return `${label.phase}/${label.script}`;
}
