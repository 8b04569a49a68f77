import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { repository } from "./source-files.js";

test("generated indexes and pages are current", () => {
  const run = spawnSync(process.execPath, ["scripts/gen.mjs", "--check"], { cwd: repository, encoding: "utf8" });
  expect(run.stdout + run.stderr).toMatch(/\d+ generated files, 0 out of date/);
  expect(run.status).toBe(0);
});
