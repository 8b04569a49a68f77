import { type ConformanceReport, unexplained } from "./conformance-report.js";

/** What is remembered of comparisons, in docs/conformance.json. */
export interface ConformanceRecord {
  readonly version: 1;
  /** All elements of the upstream that was last compared with. */
  readonly elements: readonly string[];
  /** Its test elements, as `ELEMENT/TEST`. */
  readonly testElements?: readonly string[];
  /** By the elements asked for, newest result of each. */
  readonly builds: readonly RecordedBuild[];
}

export interface RecordedBuild {
  readonly elements: readonly string[];
  readonly formats: readonly string[];
  readonly architecture: string;
  /** `DIB_RELEASE`, when it was set. */
  readonly release?: string;
  readonly upstream: string;
  /** `YYYY-MM-DD`. */
  readonly date: string;
  /** Every element that was in the image. */
  readonly resolved: readonly string[];
  readonly compared: Readonly<Record<string, number>>;
  /** Explained differences: how many have each reason. */
  readonly explained: Readonly<Record<string, number>>;
  /** Differences nobody can explain, as `ASPECT SUBJECT`. */
  readonly unexplained: readonly string[];
}

/** The record with the result of one comparison in the place of an older one of the same elements and formats. */
export function recordReport(
  record: ConformanceRecord,
  report: ConformanceReport,
  facts: {
    readonly resolved: readonly string[];
    readonly upstreamElements: readonly string[];
    readonly upstreamTestElements: readonly string[];
    readonly date: string;
    readonly release?: string;
  },
): ConformanceRecord {
  const { elements, formats, architecture, compared } = report;
  const explained: Record<string, number> = {};
  for (const { reason } of report.differences) {
    if (reason !== undefined) explained[reason] = (explained[reason] ?? 0) + 1;
  }
  const build: RecordedBuild = {
    elements,
    formats,
    architecture,
    ...(facts.release === undefined ? {} : { release: facts.release }),
    upstream: report.upstream.version,
    date: facts.date,
    resolved: [...facts.resolved].sort(),
    compared,
    explained,
    unexplained: unexplained(report).map(({ aspect, subject }) => `${aspect} ${subject}`),
  };
  const key = (one: RecordedBuild) => [...one.elements, ...one.formats].join(" ");
  const builds = [...record.builds.filter((one) => key(one) !== key(build)), build];
  const all = [...facts.upstreamElements].sort();
  const testElements = [...facts.upstreamTestElements].sort();
  return { version: 1, elements: all, testElements, builds: builds.sort((a, b) => (key(a) < key(b) ? -1 : 1)) };
}
