import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import type { FormatRequest } from "../../src/formats/format.js";
import { FORMATS } from "../../src/formats/formats.js";
import { writeFormats } from "../../src/formats/write-formats.js";
import { createTestContext, type TestContext } from "../disk/disk-context.js";

const EPOCH = 1_700_000_000;
const MIB = 1024 * 1024;
const contexts: TestContext[] = [];
const directories: string[] = [];

afterEach(async () => {
  for (const made of contexts.splice(0)) expect(await made.dispose()).toEqual([]);
  for (const made of directories.splice(0)) await rm(made, { recursive: true, force: true });
});

/** Writes every format of one kind of source, each time in another place and at another time. */
async function outputs(kind: "tree" | "image", sourceDate?: number): Promise<ReadonlyMap<string, Buffer>> {
  const build = await createTestContext();
  contexts.push(build);
  const directory = await mkdtemp(join(tmpdir(), "dibkit-repeatable-"));
  directories.push(directory);
  const names = FORMATS.filter((unit) => unit.source === kind && unit.name !== "docker").map(({ name }) => name);
  await mkdir(join(build.targetPath, "etc"));
  for (const name of ["newer", "older"]) await writeFile(join(build.targetPath, "etc", name), name);
  await utimes(join(build.targetPath, "etc/older"), EPOCH - 1000, EPOCH - 1000);
  const manifest = join(build.scratchDirectory, "the-manifest");
  await writeFile(manifest, "{}");
  const disk = Buffer.alloc(4 * MIB);
  disk.fill("the disk ", MIB, 2 * MIB);
  await writeFile(join(build.imageDirectory, "image0.raw"), disk);
  const request: FormatRequest = {
    ...{ outputPath: join(directory, "image"), types: names, compress: true, checksums: [], overwrite: true },
    ...{ aciManifest: manifest, ...(sourceDate === undefined ? {} : { sourceDate }) },
  };
  const path = kind === "tree" ? build.targetPath : join(build.imageDirectory, "image0.raw");
  const done = await writeFormats(request, { kind, path }, build);
  if (!done.ok) throw new Error(done.error.message);
  const written = new Map<string, Buffer>();
  for (const { format, temporaryPath } of done.value) written.set(format, await readFile(temporaryPath));
  expect((await readdir(directory)).length).toBe(names.length);
  for (const { format, temporaryPath } of done.value) {
    if (!["vmdk", "vhdx", "vdi", "vhd"].includes(format)) continue;
    const driver = format === "vhd" ? "vpc" : format;
    const raw = join(directory, "raw");
    await writeFile(raw, disk);
    const same = await build.commands.run(["qemu-img", "compare", "-f", "raw", "-F", driver, raw, temporaryPath]);
    if (!same.ok) throw new Error(`${format}: ${same.error.tail.join("\n")}`);
    if (format === "vhd") continue;
    const sound = await build.commands.run(["qemu-img", "check", "-f", driver, temporaryPath]);
    if (!sound.ok) throw new Error(`${format}: ${sound.error.tail.join("\n")}`);
  }
  return written;
}

describe("with SOURCE_DATE_EPOCH two runs give the same bytes", () => {
  it.each(["tree", "image"] as const)("of each format made from the %s", async (kind) => {
    const one = await outputs(kind, EPOCH);
    // Some formats keep whole seconds.
    await setTimeout(1100);
    const other = await outputs(kind, EPOCH);
    const same = [...one].filter(([name, bytes]) => bytes.equals(other.get(name) ?? Buffer.alloc(0)));
    expect(same.map(([name]) => name)).toEqual([...one.keys()]);
    expect(one.size).toBe(kind === "tree" ? 5 : 6);
  });

  it("and another date gives other identifiers", async () => {
    const [one, other] = [await outputs("image", EPOCH), await outputs("image", EPOCH + 1)];
    const differing = [...one].filter(([name, bytes]) => !bytes.equals(other.get(name) ?? bytes));
    expect(differing.map(([name]) => name)).toEqual(["vdi", "vhd", "vhdx", "vmdk"]);
  });
});

it("a VMDK names itself, and not the temporary file it was written as", async () => {
  const vmdk = (await outputs("image")).get("vmdk")?.toString("latin1") ?? "";
  expect(/^RW \d+ SPARSE "(.*)"$/m.exec(vmdk)?.[1]).toBe("image.vmdk");
});
