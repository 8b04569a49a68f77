import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createCommandRunner } from "@dibkit/exec";
import { afterAll, expect, test } from "vitest";
import type { BuildSession } from "../../src/run/build-session.js";
import { showImageUsage } from "../../src/run/show-image-usage.js";

const tree = mkdtempSync(join(tmpdir(), "dibkit-test-usage-"));
afterAll(() => rmSync(tree, { recursive: true }));
mkdirSync(join(tree, "usr/lib"), { recursive: true });
writeFileSync(join(tree, "usr/lib/large"), Buffer.alloc(12 * 1024 ** 2, 1));
writeFileSync(join(tree, "usr/small"), "text\n");

async function report(environment: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const notes: string[] = [];
  const session = {
    job: { request: { environment } },
    commands: createCommandRunner(),
    emit: (event: { readonly message?: string }) => notes.push((event.message ?? "").trim()),
  } as unknown as BuildSession;
  await showImageUsage(session, tree);
  return notes;
}

test.each([
  [{}, []],
  [{ DIB_SHOW_IMAGE_USAGE: "0", DIB_SHOW_IMAGE_USAGE_FULL: "1" }, []],
  [{ DIB_SHOW_IMAGE_USAGE: "1" }, ["/", "/usr", "/usr/lib", "/usr/lib/large"]],
  [
    { DIB_SHOW_IMAGE_USAGE: "1", DIB_SHOW_IMAGE_USAGE_FULL: "1" },
    ["/", "/usr", "/usr/lib", "/usr/lib/large", "/usr/small"],
  ],
])("%j lists %j", async (environment, paths) => {
  const [title, ...rows] = await report(environment);
  expect(rows.map((row) => row.split(/\s{2,}/)[1])).toEqual(paths);
  if (paths.length > 0) expect(title).toMatch(/^Image size report/);
  for (const row of rows.slice(0, 4)) expect(row).toMatch(/^12\.\d MiB /);
});
