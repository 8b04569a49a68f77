import type { BuildFailure } from "../job/build-job.js";
import type { Fetched } from "../job/fetched.js";
import { lastLines } from "./step-failures.js";

/** Something asked for what the lock does not have; what it came to otherwise does not matter. */
export async function lockFailure(
  who: string,
  { method, url, trouble, refused }: Fetched,
  log: string,
): Promise<BuildFailure> {
  const what = method === "GET" ? url : `${method} ${url}`;
  return {
    kind: "script-failed",
    message: `${who} asked for ${what}: ${trouble}`,
    exitCode: 1,
    tail: await lastLines(log),
    log,
    help: `${refused}; bring the lock up to date with "dibkit lock --update" where there is a network`,
  };
}
