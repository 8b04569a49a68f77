import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { LONG } from "../../scripts/longest-first.mjs";
import { slowest } from "../../scripts/slowest-reporter.mjs";
import { abandoned, openScratch } from "../../scripts/test-scratch.mjs";
import { repository } from "./source-files.js";

test.each(LONG)("%s, which has to begin first, is there", (path) => {
  expect(existsSync(join(repository, path))).toBe(true);
});

test("the slowest are named, the slowest first", () => {
  const timed = Array.from({ length: 12 }, (_, at) => ({ name: `file ${at}`, milliseconds: at * 1250 }));
  const lines = slowest("Slowest", timed);
  expect(lines).toHaveLength(11);
  expect(lines.slice(0, 2)).toEqual(["Slowest", "    13.8 s  file 11"]);
  expect(lines.at(-1)).toBe("     2.5 s  file 2");
});

test("what a killed run of the tests has left is removed by the next one, and nothing of one that runs", async () => {
  const parent = mkdtempSync(join(tmpdir(), "dibkit-scratch-"));
  onTestFinished(() => {
    vi.unstubAllEnvs();
    rmSync(parent, { recursive: true, force: true });
  });
  vi.stubEnv("TMPDIR", parent);
  const module = join(repository, "scripts/test-scratch.mjs");
  const code = `console.log((await import(${JSON.stringify(module)})).openScratch().directory); setInterval(() => {}, 1e9);`;
  const other = spawn(process.execPath, ["--input-type=module", "--eval", code], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await once(other.stdout, "readable");
  const left = String(other.stdout.read()).trim();
  writeFileSync(join(left, "disk.raw"), "");

  const beside = openScratch();
  expect([existsSync(left), abandoned(parent)]).toEqual([true, []]);
  beside.close();
  expect(existsSync(beside.directory)).toBe(false);

  other.kill("SIGKILL");
  await once(other, "close");
  await vi.waitUntil(() => abandoned(parent).includes(left), { timeout: 60_000 });
  openScratch().close();
  expect(existsSync(left)).toBe(false);
});
