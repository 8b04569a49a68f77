import { hostname } from "node:os";
import { ok, type Result } from "@dibkit/model";
import type { MatrixJob } from "../graph/matrix-job.js";
import type { JobRecord } from "../records/job-record.js";
import type { JobRecords } from "../records/job-records.js";
import type { BuildFacts } from "./build-facts.js";

/** Writes down in a registry what comes of one job. A good end is never overwritten by what a later try comes to. */
export interface RecordKeeper {
  begin(): Promise<Result<void, string>>;
  /** Gives how many layers of the build the registry has not got. */
  end(status: "done" | "failed", facts: BuildFacts): Promise<Result<number, string>>;
}

export function keepRecord(
  matrix: string,
  { name, id }: MatrixJob,
  records: JobRecords,
  host = process.env.SLURMD_NODENAME ?? hostname(),
): RecordKeeper {
  const base = { version: 1, matrix, job: name, id, host, started: new Date().toISOString() } as const;
  const save = async (record: JobRecord): Promise<Result<void, string>> => {
    if (record.status === "done") return records.save(record);
    const before = await records.find(id);
    if (!before.ok) return before;
    return before.value?.status === "done" ? ok(undefined) : records.save(record);
  };
  return {
    begin: () => save({ ...base, status: "begun" }),
    async end(status, facts) {
      const { layers = [], ...rest } = facts;
      const missing = await records.missing(layers);
      if (!missing.ok) return missing;
      const unshared = missing.value.length;
      const saved = await save({
        ...{ ...base, status, ...rest, ended: new Date().toISOString() },
        layers: layers.filter((key) => !missing.value.includes(key)),
        ...(unshared === 0 ? {} : { unshared }),
      });
      return saved.ok ? ok(unshared) : saved;
    },
  };
}
