export { type ConformFailure, type ConformRequest, type ConformWatcher, conform } from "./conform.js";
export { conformancePage } from "./conformance-page.js";
export { type ConformanceRecord, type RecordedBuild, recordReport } from "./conformance-record.js";
export { type BuildFacts, type ConformanceReport, unexplained } from "./conformance-report.js";
export type { Aspect, Difference } from "./difference.js";
export { PROBE_NAME, writeProbeElement } from "./probe-element.js";
export {
  runUpstream,
  type UpstreamBuild,
  type UpstreamOutcome,
  type UpstreamWatcher,
} from "./upstream/run-upstream.js";
export { type UpstreamCommand, upstreamArguments, upstreamCommand } from "./upstream/upstream-command.js";
export { type VerifyFailure, verifyBuild } from "./verify/verify-build.js";
export type { DiskDifference, UnrepeatedFile, VerifiedFormat, VerifyReport } from "./verify/verify-report.js";
