export { type ConformFailure, conform } from "./conform.js";
export { conformancePage } from "./conformance-page.js";
export { type ConformanceRecord, recordReport } from "./conformance-record.js";
export { type ConformanceReport, unexplained } from "./conformance-report.js";
export type { Difference } from "./difference.js";
export { PROBE_NAME, writeProbeElement } from "./probe-element.js";
export { runUpstream } from "./upstream/run-upstream.js";
export { verifyBuild } from "./verify/verify-build.js";
export type { UnrepeatedFile, VerifyReport } from "./verify/verify-report.js";
