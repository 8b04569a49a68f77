import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { debianMirror } from "@dibkit/model";
import { afterAll, describe, expect, test } from "vitest";
import { buildOnDebian } from "./debian-build.js";
import { dibkit, whyNotBuild } from "./dibkit.js";

const root = mkdtempSync(join(tmpdir(), "dibkit-e2e-express-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** A project of somebody who has installed the package. */
function writeProject(): void {
  symlinkSync(fileURLToPath(new URL("../../node_modules", import.meta.url)), join(root, "node_modules"));
  writeFileSync(join(root, "package.json"), '{ "name": "express", "type": "module", "private": true }\n');
  writeFileSync(
    join(root, "dibkit.config.ts"),
    'import { debianExpress } from "@dibkit/elements";\nimport { defineConfig } from "@dibkit/model";\n' +
      "export default defineConfig({ elements: [debianExpress] });\n",
  );
}

describe.skipIf(whyNotBuild())("debian-express from the package of elements", () => {
  test("makes an image that boots", async () => {
    writeProject();
    const [image, release] = [join(root, "image"), "bookworm"];
    const env = { DIB_RELEASE: release, ...debianMirror(release) };
    await buildOnDebian(["vm", "debian-express"], image, { cwd: root, env });
    const words = ["--timeout", "2700", "--log", join(root, "console.log")];
    const run = await dibkit(["boot", `${image}.qcow2`, ...words], { cwd: root });
    expect(run, run.stderr).toMatchObject({ exitCode: 0 });
    expect(readFileSync(join(root, "console.log"), "utf8")).toContain("debian login:");
  });
});
