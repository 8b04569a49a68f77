import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { pagesDigest } from "../../scripts/pages-digest.mjs";
import { repository } from "./source-files.js";

test("generated indexes and pages are current", () => {
  const run = spawnSync(process.execPath, ["scripts/gen.mjs", "--check"], { cwd: repository, encoding: "utf8" });
  expect(run.stdout + run.stderr).toMatch(/\d+ generated files, 0 out of date/);
  expect(run.status).toBe(0);
});

test("the README's pictures of pages show the pages as they are made today", () => {
  const pictured = readFileSync(`${repository}docs/pictures/pages.sha256`, "utf8").trim();
  expect(pictured, 'the pages have changed: run "node scripts/record-pictures.mjs"').toBe(pagesDigest(repository));
});
