import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { runCli } from "./run-cli.js";

const IMAGE = `import { defineImage, elementRef } from "@dibkit/model";
export default defineImage({ name: "shop", elements: [elementRef("acme-nowhere")], formats: ["qcow"] });
`;

test("what is built is type-checked first, unless the user forbids it", async () => {
  const cwd = mkdtempSync(join(tmpdir(), "dibkit-plan-"));
  onTestFinished(() => rmSync(cwd, { recursive: true, force: true }));
  writeFileSync(join(cwd, "shop.ts"), IMAGE);
  const env = { XDG_CACHE_HOME: join(cwd, "cache"), PATH: process.env.PATH };
  const checked = await runCli(["plan", "-n", "shop.ts"], { cwd, env });
  expect(checked.stderr).toContain('error "qcow" is not possible here: did you mean "qcow2"? [typescript/TS2820]');
  expect(checked.stderr).not.toContain("ELEMENTS_PATH");
  expect(checked.exitCode).toBe(1);
  const trusted = await runCli(["plan", "-n", "--no-typecheck", "shop.ts"], { cwd, env });
  expect(trusted.stderr).not.toContain("typescript/");
  expect(trusted.stderr).toContain('"acme-nowhere" is in no directory of ELEMENTS_PATH');
  expect(trusted.exitCode).toBe(2);
});
