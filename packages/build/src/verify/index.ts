export { type VerifyFailure, verifyBuild } from "./verify-build.js";
export type { DiskDifference, UnrepeatedFile, VerifiedFormat, VerifyReport } from "./verify-report.js";
