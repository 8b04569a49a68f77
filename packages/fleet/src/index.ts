export type { EngineInput } from "./engines/engine.js";
export { ENGINES } from "./engines/engines.js";
export { jobGraph } from "./graph/job-graph.js";
export type { JobGraph, MatrixJob, PredictedCell } from "./graph/matrix-job.js";
export {
  type Estimate,
  estimateJobs,
  type PastJobs,
  pastBuilds,
  pastOfRecord,
  totalSeconds,
} from "./past/past-jobs.js";
export { type JobRecords, openJobRecords } from "./records/job-records.js";
export { type BuildFacts, buildFacts, madeFiles } from "./run/build-facts.js";
export { keepRecord, type RecordKeeper } from "./run/keep-record.js";
export { runGraph } from "./run/run-graph.js";
export { watchMemory } from "./run/watch-memory.js";
export { isDone, type JobStatus, jobStatuses } from "./status/job-status.js";
