import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";
import { runProgram, whyNotBuild } from "./dibkit.js";

const bench = fileURLToPath(new URL("../../bench/faults.mjs", import.meta.url));
const directory = mkdtempSync(join(tmpdir(), "dibkit-e2e-faults-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

// A few faults of each kind on the small system; docs/faults.md has the figures of the whole.
test.skipIf(whyNotBuild()).each([
  ["signals at random moments", ["--only", "moments", "--moments", "4", "--seed", "7"], 4],
  ["machines without loop devices", ["--only", "loops"], 3],
])("%s leave nothing behind and lose nothing", async (_what, words, faults) => {
  const run = await runProgram([process.execPath, bench, "--on", "tiny", "--directory", directory, ...words]);
  expect(run.stdout, run.stderr).toContain(`\n${faults} faults, ${faults} without trouble\n`);
  expect(run.exitCode).toBe(0);
});
