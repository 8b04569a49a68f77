import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { dibkit } from "./dibkit.js";

const root = mkdtempSync(join(tmpdir(), "dibkit-e2e-init-"));
const cwd = join(root, "acme");
afterAll(() => rmSync(root, { recursive: true, force: true }));

test("a new project with a second element lints, compiles and can be planned as it stands", async () => {
  expect(await dibkit(["init", "acme"], { cwd: root })).toMatchObject({ exitCode: 0 });
  expect(await dibkit(["new", "element", "time-server"], { cwd })).toMatchObject({ exitCode: 0 });
  const lint = await dibkit(["lint"], { cwd });
  expect(lint.stdout).toBe("no findings in 2 elements, 10 files\n");
  expect(lint.exitCode).toBe(0);
  const compile = await dibkit(["compile", "src/elements/*.ts", "--out", "out"], { cwd });
  expect(compile.stdout).toContain("wrote out/time-server (5 files)");
  expect(compile.exitCode).toBe(0);
  const plan = await dibkit(["plan", "acme.image.ts", "--format", "json"], { cwd });
  expect(JSON.parse(plan.stdout)).toMatchObject({ version: 1, environment: { ACME_GREETING: "Hello from acme" } });
});
