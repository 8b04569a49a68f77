// An output format, and a test that writes one for real.
export function files(name) {
  return {
    [`packages/runner/src/formats/${name}.ts`]: `import { copyFile } from "node:fs/promises";
import { ok } from "@dibkit/model";
import { defineFormat } from "./format.js";

export default defineFormat({
  name: "${name}",
  summary: "what it is, in a few words",
  extension: "${name}",
  source: "image",
  tools: [],
  async write({ sourcePath, targetPath }) {
    await copyFile(sourcePath, targetPath);
    return ok(undefined);
  },
});
`,
    [`packages/runner/test/formats/${name}.test.ts`]: `import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { FormatJob } from "../../src/formats/format.js";
import unit from "../../src/formats/${name}.js";

test("writes the disk as ${name}", async () => {
  const directory = mkdtempSync(join(tmpdir(), "dibkit-${name}-test-"));
  const [sourcePath, targetPath] = [join(directory, "disk.raw"), join(directory, "out.${name}")];
  writeFileSync(sourcePath, "disk");
  // Only what this format uses of the job.
  const written = await unit.write({ sourcePath, targetPath } as FormatJob);
  expect(written.ok).toBe(true);
  expect(readFileSync(targetPath, "utf8")).toBe("disk");
  rmSync(directory, { recursive: true });
});
`,
  };
}
