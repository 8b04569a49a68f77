import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodePath, fsPath } from "@dibkit/model";
import { expect, onTestFinished, test } from "vitest";
import { contentHash } from "../src/image-contents.js";
import { walkTree } from "../src/walk-tree.js";

test("finds files whose names are not UTF-8, and reads them", async () => {
  const root = mkdtempSync(join(tmpdir(), "dibkit-walk-"));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  mkdirSync(fsPath(join(root, "d\udce4")));
  writeFileSync(fsPath(join(root, "d\udce4/f\udcff")), "abc");
  symlinkSync(encodePath("to\udce4"), join(root, "link"));
  const found = [...walkTree(root)];
  expect(found.map(({ path, file }) => [path, file?.type, file?.target])).toEqual([
    ["/d\udce4", "directory", undefined],
    ["/link", "symlink", "to\udce4"],
    ["/d\udce4/f\udcff", "file", undefined],
  ]);
  const file = found.at(-1)?.file;
  expect(file && (await contentHash(file))).toMatch(/^ba7816bf/);
});
