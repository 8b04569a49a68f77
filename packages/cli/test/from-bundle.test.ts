import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, expect, test } from "vitest";
import type { AnyCommand } from "../src/command.js";
import { bundledCommand } from "../src/from-bundle.js";

const root = mkdtempSync(join(tmpdir(), "dibkit-bundled-"));
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** Files of packages with the second they were made in. */
function made(files: Readonly<Record<string, number>>): string {
  for (const [path, second] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), path.endsWith(".js") ? 'export default { name: "bundle" };\n' : "{}\n");
    utimesSync(join(root, path), second, second);
  }
  return pathToFileURL(join(root, "cli/dist/bin.js")).href;
}

test.each([
  ["a bundle made after all was compiled", { "cli/bundle/lint.js": 9, "lint/dist/.tsbuildinfo": 8 }, "lint", "bundle"],
  ["a package compiled since", { "cli/bundle/lint.js": 9, "model/dist/.tsbuildinfo": 10 }, "lint", "modules"],
  ["an installed package", { "cli/bundle/lint.js": 9 }, "lint", "bundle"],
  ["no bundle", { "cli/dist/.tsbuildinfo": 9 }, "lint", "modules"],
  ["a command that has none", { "cli/bundle/size.js": 9 }, "size", "modules"],
])("%s", async (_what, files, name, from) => {
  const modules = { default: { name: "modules" } as AnyCommand };
  const entry = bundledCommand({ name, group: "build", summary: "", load: async () => modules }, made(files));
  expect((await entry.load()).default.name).toBe(from);
});
