import { expect, test } from "vitest";
import { jobGraph } from "../src/graph/job-graph.js";
import { type JobEnd, runGraph } from "../src/run/run-graph.js";
import { predictedCell } from "./predicted-cell.js";

const { jobs } = jobGraph({ name: "web" }, [
  predictedCell("web-a-x", "root a x"),
  predictedCell("web-a-y", "root a y"),
  predictedCell("web-b-x", "root b"),
  predictedCell("web-c-x", "other"),
]);

interface Run {
  readonly ends: ReadonlyMap<string, JobEnd>;
  readonly began: readonly string[];
  readonly most: number;
  readonly leftOut: readonly string[];
}

async function run(
  atOnce: number,
  endOf: (name: string) => Exclude<JobEnd, "left-out"> = () => "done",
  stopAt?: string,
): Promise<Run> {
  const stop = new AbortController();
  const [began, leftOut]: [string[], string[]] = [[], []];
  let [now, most] = [0, 0];
  const ends = await runGraph(jobs, {
    atOnce,
    signal: stop.signal,
    async run({ name }) {
      began.push(name);
      now += 1;
      most = Math.max(most, now);
      if (name === stopAt) stop.abort();
      await new Promise((resolve) => setImmediate(resolve));
      now -= 1;
      return endOf(name);
    },
    onLeftOut: (job, because) => leftOut.push(`${job.name} because of ${because.name}`),
  });
  return { ends, began, most, leftOut };
}

test("a job begins when those it needs are done, and no more run than may", async () => {
  const alone = await run(1);
  expect(alone.began).toEqual(["web-shared", "web-a-shared", "web-a-x", "web-a-y", "web-b-x", "web-c-x"]);
  expect(alone.most).toBe(1);
  const { began, most, ends } = await run(3);
  expect(most).toBe(3);
  expect(began.slice(0, 2)).toEqual(["web-shared", "web-c-x"]);
  expect(new Set(ends.values())).toEqual(new Set(["done"]));
});

test("what needs a job that failed is left out, and the rest goes on", async () => {
  const { ends, leftOut } = await run(2, (name) => (name === "web-a-shared" ? "failed" : "done"));
  expect(Object.fromEntries(ends)).toEqual({
    "web-shared": "done",
    "web-a-shared": "failed",
    "web-a-x": "left-out",
    "web-a-y": "left-out",
    "web-b-x": "done",
    "web-c-x": "done",
  });
  expect(leftOut).toEqual(["web-a-x because of web-a-shared", "web-a-y because of web-a-shared"]);
});

test("an interrupted run begins nothing more", async () => {
  const { began, leftOut } = await run(1, (name) => (name === "web-a-shared" ? "interrupted" : "done"), "web-a-shared");
  expect(began).toEqual(["web-shared", "web-a-shared"]);
  expect(leftOut).toEqual([]);
});
