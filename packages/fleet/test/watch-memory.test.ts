import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { watchMemory } from "../src/run/watch-memory.js";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "dibkit-memory-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const SECOND = "anon 1000\nfile 900000\nshmem 500\n";
const FIRST = "cache 900000\nrss 1\ntotal_rss 2000\ntotal_shmem 30\n";

test.each([
  ["a job of Slurm", { SLURM_JOB_ID: "7" }, "0::/slurm/job_7/step_batch", "slurm/job_7/step_batch", SECOND, 1500],
  ["the first version of groups", { SLURM_JOB_ID: "7" }, "4:cpu,memory:/s/job_7/x", "memory/s/job_7/x", FIRST, 2030],
  ["a container of Kubernetes", { KUBERNETES_SERVICE_HOST: "10.0.0.1" }, "0::/", "", SECOND, 1500],
  ["a job without a group of its own", { SLURM_JOB_ID: "7" }, "0::/", "", SECOND, undefined],
  ["another job's group", { SLURM_JOB_ID: "7" }, "0::/slurm/job_77/x", "slurm/job_77/x", SECOND, undefined],
  ["a machine", {}, "0::/user.slice", "user.slice", SECOND, undefined],
])("memory of %s", (_, env, own, group, text, bytes) => {
  const file = join(directory, "root", group, "memory.stat");
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  writeFileSync(join(directory, "own"), `${own}\n`);
  const watch = watchMemory({ env, root: join(directory, "root"), own: join(directory, "own") });
  expect(watch.stop()).toBe(bytes);
});

test("the peak counts, not the end", () => {
  mkdirSync(join(directory, "root"));
  const file = join(directory, "root", "memory.stat");
  writeFileSync(join(directory, "own"), "0::/\n");
  writeFileSync(file, "anon 9000\n");
  const env = { KUBERNETES_SERVICE_HOST: "10.0.0.1" };
  const watch = watchMemory({ env, root: join(directory, "root"), own: join(directory, "own") });
  writeFileSync(file, "anon 5\n");
  expect(watch.stop()).toBe(9000);
});
