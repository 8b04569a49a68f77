import { upstreamInstallation } from "@dibkit/model";
import { expect, test } from "vitest";
import { runProgram } from "./dibkit.js";

/** A run of 20,000, as before a release: `DIBKIT_FUZZ_TREES=20000 npx vitest run --project e2e test/e2e/fuzz-lint.test.ts`. */
const TREES = Number(process.env.DIBKIT_FUZZ_TREES ?? 60);
const SEED = Number(process.env.DIBKIT_FUZZ_SEED ?? 20);

test.skipIf(upstreamInstallation(process.env) === undefined)(
  "mutated elements are linted, each with findings or none, in bounded time and memory",
  async () => {
    const words = [process.execPath, "bench/fuzz-lint.mjs", String(TREES), String(SEED)];
    const run = await runProgram(words, { env: { NTH: String(TREES > 100 ? 100 : 30), SECONDS: "120" } });
    expect(run.stdout).toContain(`${TREES} trees of seed ${SEED}:`);
    expect(run.stdout).toMatch(/, 0 failures; .*; [1-9]\d* through the command/);
    expect(run.exitCode).toBe(0);
  },
);
