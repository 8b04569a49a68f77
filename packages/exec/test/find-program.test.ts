import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { findProgram } from "../src/find-program.js";

const scratch = mkdtempSync(join(tmpdir(), "dibkit-program-test-"));
afterAll(() => rmSync(scratch, { recursive: true }));

test("a program is found on the PATH only when it may be run", () => {
  writeFileSync(join(scratch, "frobnicate"), "#!/bin/sh\n");
  expect(findProgram("frobnicate", { PATH: scratch })).toBeUndefined();
  chmodSync(join(scratch, "frobnicate"), 0o755);
  expect(findProgram("frobnicate", { PATH: scratch })).toBe(join(scratch, "frobnicate"));
  expect(findProgram("frobnicate", { PATH: "/nowhere" })).toBeUndefined();
});
