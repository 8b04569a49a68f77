import { execFileSync } from "node:child_process";
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createCommandRunner } from "@dibkit/exec";
import { afterEach, describe, expect, test } from "vitest";
import { measureFiles } from "../../src/layers/measure-files.js";

const root = mkdtempSync(join(tmpdir(), "dibkit-measure-"));
const directory = join(root, "disk");
const file = join(directory, "image0.raw");
afterEach(() => rmSync(root, { recursive: true, force: true }));

const measure = () => measureFiles(createCommandRunner(), root, ["disk"]);
const write = (offset: string, text: string) =>
  execFileSync("dd", [`of=${file}`, "bs=1", `seek=${offset}`, "conv=notrunc", "status=none"], { input: text });

function newFile(size: number): void {
  mkdirSync(directory, { recursive: true });
  writeFileSync(file, "");
  truncateSync(file, size);
}

function moveOneBlock(): void {
  newFile(1_000_001);
  write(`${70_000 + 65_536}`, "some");
}

describe("the hash of raw disks", () => {
  test("is the same whether zeros are holes or bytes, and reads no holes", async () => {
    newFile(10 * 1000 ** 4);
    write("70000", "some");
    write(`${9 * 1000 ** 4 + 123}`, "more");
    const sparse = await measure();
    execFileSync("dd", ["if=/dev/zero", `of=${file}`, "bs=1M", "seek=4", "count=2", "conv=notrunc", "status=none"]);
    expect(statSync(file).blocks * 512).toBeGreaterThan(2 * 1024 ** 2);
    const filled = await measure();
    expect(filled?.content).toBe(sparse?.content);
    expect(filled?.bytes).toBeGreaterThan(sparse?.bytes ?? Number.NaN);
  });

  test.each([
    ["another byte", () => write("70001", "x")],
    ["the same bytes a block further on", () => moveOneBlock()],
    ["another size", () => truncateSync(file, 1_000_002)],
    ["another last byte", () => write("1000000", "x")],
    ["another file", () => writeFileSync(join(directory, "image1.raw"), "")],
    ["bytes at its end", () => appendFileSync(file, "x")],
  ])("changes with %s", async (_, change) => {
    newFile(1_000_001);
    write("70000", "some");
    const before = await measure();
    expect(before?.content).toMatch(/^[0-9a-f]{40}$/);
    expect((await measure())?.content).toBe(before?.content);
    change();
    expect((await measure())?.content).not.toBe(before?.content);
  });

  test("is the same without qemu-img, which an image that is only an archive does not need", async () => {
    newFile(3_000_000);
    write("70000", "some");
    write("2999999", "x");
    const alone = createCommandRunner({ env: { PATH: root } });
    expect(await measureFiles(alone, root, ["disk"])).toEqual(await measure());
  });

  test("is unknown without the file", async () => {
    await expect(measureFiles(createCommandRunner(), root, ["gone"])).rejects.toThrow("ENOENT");
  });
});
