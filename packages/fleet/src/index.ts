export type { Engine, EngineFile, EngineInput } from "./engines/engine.js";
export { ENGINES } from "./engines/engines.js";
export { jobGraph } from "./graph/job-graph.js";
export { type JobGraph, type MatrixJob, type PredictedCell, stepId } from "./graph/matrix-job.js";
export {
  type Estimate,
  estimateJobs,
  type PastJobs,
  pastBuilds,
  pastOfRecord,
  totalSeconds,
} from "./past/past-jobs.js";
export type { JobRecord } from "./records/job-record.js";
export { type JobRecords, openJobRecords } from "./records/job-records.js";
export { type BuildFacts, buildFacts, madeFiles } from "./run/build-facts.js";
export { keepRecord, type RecordKeeper } from "./run/keep-record.js";
export { type JobEnd, runGraph } from "./run/run-graph.js";
export { watchMemory } from "./run/watch-memory.js";
export { isDone, type JobStatus, jobStatuses } from "./status/job-status.js";
