import type { Difference } from "./difference.js";

/** The result of `dibkit conform`, which `--format json` prints. */
export interface ConformanceReport {
  readonly version: 1;
  /** Elements as they were asked for. */
  readonly elements: readonly string[];
  /** What upstream built in their place, when that was something else. */
  readonly upstreamElements?: readonly string[];
  readonly architecture: string;
  readonly formats: readonly string[];
  readonly upstream: BuildFacts & { readonly version: string };
  readonly dibkit: BuildFacts;
  /** Numbers of what was compared, by aspect. */
  readonly compared: Readonly<Record<string, number>>;
  /** Everything that differs; those with a `reason` must or may. */
  readonly differences: readonly Difference[];
}

export interface BuildFacts {
  /** Wall time of the build. */
  readonly seconds: number;
  /** Absolute paths; empty when they were not kept. */
  readonly outputs: readonly string[];
}

/** Differences that nobody can explain. */
export function unexplained(report: ConformanceReport): readonly Difference[] {
  return report.differences.filter(({ reason }) => reason === undefined);
}
