import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createCommandRunner } from "@dibkit/exec";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { formatOf, inspectImage } from "../src/inspect-image.js";
import { renderPublishFailure } from "../src/publish-failure.js";

const root = mkdtempSync(join(tmpdir(), "dibkit-inspect-image-"));
const runner = createCommandRunner();
const env = { PATH: process.env.PATH ?? "", LC_ALL: "C" };
afterAll(() => rmSync(root, { recursive: true }));

beforeAll(async () => {
  const create = (...words: readonly string[]) =>
    runner.run(["qemu-img", "create", "-q", "-f", ...words], { env, cwd: root });
  await create("qcow2", "disk.qcow2", "3M");
  await create("vpc", "disk.vhd", "3M");
  await create("qcow2", "wrong.raw", "3M");
  await create("qcow2", "-b", "disk.qcow2", "-F", "qcow2", "top.qcow2");
  for (const name of ["disk.img", "torn.qcow2", "tree.tar", "live.iso"]) {
    writeFileSync(join(root, name), "x");
    truncateSync(join(root, name), 1 << 20);
  }
  writeFileSync(join(root, "empty.qcow2"), "");
});

describe.skipIf(!process.env.CI && !(await hasQemuImg()))("what an image is", () => {
  test.each([
    ["disk.qcow2", "disk qcow2 3145728"],
    ["disk.vhd", "disk vhd"],
    ["disk.img", "disk raw 1048576"],
    ["live.iso", "live iso 1048576"],
    ["wrong.raw", 'its extension says "raw", but its content is "qcow2"'],
    ["torn.qcow2", 'its extension says "qcow2", but its content is "raw"'],
    ["top.qcow2", 'it needs its backing file "disk.qcow2"'],
    ["tree.tar", "it is an archive, not a disk"],
    ["empty.qcow2", "it is empty"],
    ["none.qcow2", "there is no such file"],
    [".", "it is not a regular file"],
  ])("%s: %s", async (name, expected) => {
    const found = await inspectImage(runner, join(root, name), env);
    const text = found.ok
      ? `${found.value.name} ${found.value.format} ${found.value.virtualBytes}`
      : renderPublishFailure(found.error).message;
    expect(text).toContain(expected);
  });
});

test.each([
  ["x.img", "qcow2", undefined, "qcow2"],
  ["vmlinuz", "raw", "aki", "aki"],
  ["x.img", "qcow2", "raw", '--disk-format says "raw", but its content is "qcow2"'],
] as const)("%s that is %s, declared %s", (path, content, declared, expected) => {
  const format = formatOf(path, content, declared);
  expect(format.ok ? format.value : format.error).toBe(expected);
});

async function hasQemuImg(): Promise<boolean> {
  return (await runner.run(["qemu-img", "--version"], { env })).ok;
}
