import { type ConformanceReport, unexplained } from "./conformance-report.js";

/** What is remembered of comparisons, in docs/conformance.json. */
export interface ConformanceRecord {
  readonly version: 2;
  /** What each version of upstream that was compared with has, by the version's two first numbers: `3.37`. */
  readonly upstreams: Readonly<Record<string, UpstreamNames>>;
  /** By the elements asked for and upstream's version, newest result of each. */
  readonly builds: readonly RecordedBuild[];
}

export interface UpstreamNames {
  readonly elements: readonly string[];
  /** As `ELEMENT/TEST`. */
  readonly testElements: readonly string[];
}

/** The two first numbers of a version, which tell upstream's releases apart: `3.37` of `3.37.0`. */
export function minorVersion(version: string): string {
  return version.split(".").slice(0, 2).join(".");
}

export interface RecordedBuild {
  readonly elements: readonly string[];
  /** What upstream built in their place, when that was something else. */
  readonly upstreamElements?: readonly string[];
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

/** The record with one comparison in the place of an older one of the same elements, formats and upstream. */
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
  const { elements, upstreamElements, formats, architecture, compared } = report;
  const explained: Record<string, number> = {};
  for (const { reason } of report.differences) {
    if (reason !== undefined) explained[reason] = (explained[reason] ?? 0) + 1;
  }
  const build: RecordedBuild = {
    elements,
    ...(upstreamElements === undefined ? {} : { upstreamElements }),
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
  const key = (one: RecordedBuild) => [...one.elements, ...one.formats, minorVersion(one.upstream)].join(" ");
  const builds = [...record.builds.filter((one) => key(one) !== key(build)), build];
  const names = {
    elements: [...facts.upstreamElements].sort(),
    testElements: [...facts.upstreamTestElements].sort(),
  };
  return {
    version: 2,
    // A file of version 1 knew the names of one upstream only, and its builds are as they are now.
    upstreams: { ...record.upstreams, [minorVersion(build.upstream)]: names },
    builds: builds.sort((a, b) => (key(a) < key(b) ? -1 : 1)),
  };
}
