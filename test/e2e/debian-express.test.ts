import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { upstreamInstallation } from "@dibkit/model";
import { afterAll, describe, expect, test } from "vitest";
import { debianMirror } from "../../examples/web-server/debian-mirror.ts";
import { dibkit, whyNotBuild } from "./dibkit.js";

const repository = fileURLToPath(new URL("../../", import.meta.url));
const release = "bookworm";
const root = mkdtempSync(join(tmpdir(), "dibkit-e2e-express-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const cantCompare =
  whyNotBuild() ??
  (upstreamInstallation(process.env) || process.env.CI ? undefined : "diskimage-builder is not installed");

/** A project of somebody who has installed the package. */
function writeProject(): void {
  symlinkSync(join(repository, "node_modules"), join(root, "node_modules"));
  writeFileSync(join(root, "package.json"), '{ "name": "express", "type": "module", "private": true }\n');
  writeFileSync(
    join(root, "dibkit.config.ts"),
    'import { debianExpress } from "@dibkit/elements";\nimport { defineConfig } from "@dibkit/model";\n' +
      "export default defineConfig({ elements: [debianExpress] });\n",
  );
}

describe.skipIf(cantCompare)("debian-express in the place of debian-minimal", () => {
  test("its image is upstream's, or differs for a reason that is written down, and boots", async () => {
    writeProject();
    const kept = join(root, "kept");
    mkdirSync(kept);
    const reasons = join(repository, "packages/elements/debian-express/differences.json");
    const words = ["--disk", "--keep", kept, "--reasons", reasons, "--format", "json"];
    const compared = ["conform", "vm", "debian-express", "--upstream-elements", "vm debian-minimal", ...words];
    const run = await dibkit(compared, { cwd: root, env: { DIB_RELEASE: release, ...debianMirror(release) } });
    expect(run.stdout, run.stderr).not.toBe("");
    const report = JSON.parse(run.stdout) as { readonly differences: readonly Record<string, unknown>[] };
    expect(report.differences.filter(({ reason }) => reason === undefined)).toEqual([]);
    expect(run.exitCode).toBe(0);
    const image = join(kept, "dibkit/image.raw");
    const booted = await dibkit(["boot", image, "--timeout", "2700", "--log", join(root, "console.log")], {
      cwd: root,
    });
    expect(booted, booted.stderr).toMatchObject({ exitCode: 0 });
    expect(readFileSync(join(root, "console.log"), "utf8")).toContain("debian login:");
  });
});
