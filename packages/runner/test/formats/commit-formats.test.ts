import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createUndoStack } from "@dibkit/exec";
import { afterAll, expect, test } from "vitest";
import { commitFormats } from "../../src/formats/commit-formats.js";
import type { FormatRequest } from "../../src/formats/format.js";

const directory = mkdtempSync(join(tmpdir(), "dibkit-commit-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

test("builds that end in the same second lose none of their images, nor the one before them", async () => {
  const path = join(directory, "image.raw");
  writeFileSync(path, "earlier");
  const names = ["a", "b", "c", "d", "e"];
  const request: FormatRequest = {
    types: ["raw"],
    outputPath: join(directory, "image"),
    compress: false,
    checksums: [],
    overwrite: false,
  };
  await Promise.all(
    names.map((name) => {
      const temporaryPath = join(directory, `.image.raw.${name}.partial`);
      writeFileSync(temporaryPath, name);
      const undo = createUndoStack();
      const written = {
        format: "raw",
        temporaryPath,
        path,
        undo: undo.defer("remove it", () => rmSync(temporaryPath)),
      };
      return commitFormats([written], request, { undo, emit: () => undefined, signal: new AbortController().signal });
    }),
  );
  const contents = readdirSync(directory).map((name) => readFileSync(join(directory, name), "utf8"));
  expect(contents.sort()).toEqual([...names, "earlier"].sort());
});
