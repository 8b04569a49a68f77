import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { tinyOs } from "../../../test/tiny-os.mjs";
import { runCli } from "./run-cli.js";

const mayBuild = process.getuid?.() === 0 || process.env.CI !== undefined;
const PROGRAMS = ["bash", "sh", "cat", "env", "ls", "mkdir", "rm", "sleep", "grep"];

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "dibkit-all-"));
  symlinkSync(fileURLToPath(new URL("../../../node_modules", import.meta.url)), join(directory, "node_modules"));
  write("elements/tiny-os/element-provides", "operating-system\n");
  write("elements/tiny-os/root.d/10-tiny", tinyOs(PROGRAMS));
  write("elements/web/install.d/50-web", "#!/bin/bash\necho web > /etc/flavour\n");
  write("elements/db/install.d/50-db", "#!/bin/bash\nexit 7\n");
  write(
    "dibkit.config.ts",
    `import { defineConfig, defineMatrix, elementRef } from "@dibkit/model";
export default defineConfig({
  elementsPath: ["elements"],
  matrices: [
    defineMatrix({
      name: "tiny",
      axes: { flavour: ["web", "db"], formats: ["tar", "tgz"] },
      image: ({ flavour, formats }) => ({
        elements: [elementRef("tiny-os"), elementRef(flavour)], base: false, arch: "amd64", size: 0.2, formats: [formats],
      }),
    }),
  ],
});
`,
  );
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function write(path: string, text: string): void {
  const file = join(directory, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  if (/\/[a-z-]+\.d\//.test(path)) chmodSync(file, 0o755);
}

async function buildAll() {
  const env = { PATH: process.env.PATH, HOME: directory, DIBKIT_CACHE: join(directory, "store") };
  const run = await runCli(["build", "--all", "-o", "out", "--no-typecheck"], { cwd: directory, env });
  const ran = run.stderr.match(/✔ (?:root|install)\.d\/\S+/g) ?? [];
  return { ...run, ran: ran.map((line) => line.slice(2)).sort() };
}

test.skipIf(!mayBuild)("a shared job that fails takes with it what stands on it, and nothing else", async () => {
  const first = await buildAll();
  expect(first.exitCode).toBe(3);
  expect(first.ran).toEqual(["install.d/50-web", "root.d/10-tiny"]);
  expect(first.stderr).toContain(
    "error: tiny-db-tar is not built, because tiny-db-shared, which it stands on, is not\n",
  );
  expect(first.stderr).toContain('2 of 4 images were not built: "tiny-db-tar", "tiny-db-tgz"');
  expect(readdirSync(join(directory, "out")).sort()).toEqual(["tiny-web-tar.tar", "tiny-web-tgz.tgz"]);

  write("elements/db/install.d/50-db", "#!/bin/bash\necho db > /etc/flavour\n");
  const second = await buildAll();
  expect(second.exitCode).toBe(0);
  expect(second.ran).toEqual(["install.d/50-db"]);
  expect(readdirSync(join(directory, "out")).filter((name) => name.startsWith("tiny-db"))).toEqual([
    "tiny-db-tar.tar",
    "tiny-db-tgz.tgz",
  ]);
});
