import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { buildOnDebian } from "./debian-build.js";
import { dibkit, example, whyNotBuild } from "./dibkit.js";

const cwd = example("web-server");
const out = mkdtempSync(join(tmpdir(), "dibkit-e2e-files-"));

afterAll(() => rmSync(out, { recursive: true, force: true }));

describe.skipIf(whyNotBuild())("a disk that is made in files alone", () => {
  test("has a boot loader that finds its files: the image boots and answers", async () => {
    const image = join(out, "web-server");
    await buildOnDebian(["web-server.image.ts", "--disk", "files"], image, { cwd });
    const words = ["--http", "80/=Hello from dibkit", "--timeout", "2700", "--log", join(out, "console.log")];
    const run = await dibkit(["boot", `${image}.qcow2`, ...words], { cwd });
    expect(run, run.stderr).toMatchObject({ exitCode: 0 });
    expect(run.stdout).toMatch(/^pass: .*web-server\.qcow2 booted in [\d.]+ s/);
    expect(readFileSync(join(out, "console.log"), "utf8")).toContain("acme-web is ready");
  });
});
