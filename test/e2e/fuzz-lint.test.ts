import { upstreamInstallation } from "@dibkit/model";
import { expect, test } from "vitest";
import { runProgram } from "./dibkit.js";

test.skipIf(upstreamInstallation(process.env) === undefined)(
  "mutated elements are linted, each with findings or none, in bounded time and memory",
  async () => {
    const words = [process.execPath, "bench/fuzz-lint.mjs", "60", "20"];
    const run = await runProgram(words, { env: { NTH: "30", SECONDS: "120" } });
    expect(run.stdout).toContain("60 trees of seed 20:");
    expect(run.stdout).toMatch(/, 0 failures; .*; 2 through the command/);
    expect(run.exitCode).toBe(0);
  },
);
