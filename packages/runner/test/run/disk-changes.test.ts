import { createHash } from "node:crypto";
import { linkSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createCommandRunner } from "@dibkit/exec";
import { expect, test } from "vitest";
import { diskChanges } from "../../src/run/disk-changes.js";

test("every path is told also where a deployment writes tens of thousands of them", async () => {
  const directory = mkdtempSync(join(tmpdir(), "dibkit-disk-changes-"));
  try {
    const [disk, tree] = [join(directory, "disk"), join(directory, "tree")];
    mkdirSync(tree);
    const label = { phase: "finalise.d", script: "80-deploy" };
    const began = Date.now() - 1000;
    // Their names alone are more than the end of an output that the result of a command has.
    const long = "deployed".repeat(25);
    const paths = Array.from({ length: 20_000 }, (_, index) => `/${index % 10}/${index}-${long}`);
    for (let index = 0; index < 10; index += 1) mkdirSync(join(disk, String(index)), { recursive: true });
    for (const path of paths) writeFileSync(join(disk, path), "");
    const changes = await diskChanges(disk, tree, [{ label, began }], createCommandRunner());
    const files = changes?.filter(({ type }) => type === "file").map(({ path }) => path) ?? [];
    expect(files.sort()).toEqual(paths.sort());
    expect(changes?.every(({ writer }) => writer === label)).toBe(true);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
});

test("a large file, a further name of one and the last of very many have the hash of their content", async () => {
  const directory = mkdtempSync(join(tmpdir(), "dibkit-disk-changes-"));
  try {
    const [disk, tree] = [join(directory, "disk"), join(directory, "tree")];
    for (const path of [disk, tree]) mkdirSync(path);
    const began = Date.now() - 1000;
    const contents = new Map([["/initrd", "x".repeat(3 << 20)]]);
    for (let index = 0; index < 1100; index += 1) contents.set(`/${index}`, `number ${index}`);
    for (const [path, text] of contents) writeFileSync(join(disk, path), text);
    linkSync(join(disk, "initrd"), join(disk, "initrd.link"));
    contents.set("/initrd.link", contents.get("/initrd") ?? "");
    const label = { phase: "finalise.d", script: "80-deploy" };
    const changes = await diskChanges(disk, tree, [{ label, began }], createCommandRunner());
    const files = (changes ?? []).filter(({ type }) => type === "file");
    const wanted = [...contents].map(([path, text]) => [path, createHash("sha256").update(text).digest("hex")]);
    expect(new Map(files.map(({ path, hash }) => [path, hash]))).toEqual(new Map(wanted as [string, string][]));
    expect(files.filter(({ data }) => data !== undefined)).toHaveLength(1000);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
});
