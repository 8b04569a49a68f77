import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseBlockDeviceGraph, planDisk } from "@dibkit/model";
import { afterEach, describe, expect, it } from "vitest";
import { copyTree } from "../../src/disk/copy-tree.js";
import { createDisk } from "../../src/disk/create-disk.js";
import { createTestContext, type TestContext } from "./disk-context.js";

const MIB = 1024 * 1024;
const contexts: TestContext[] = [];

async function context(): Promise<TestContext> {
  const made = await createTestContext();
  contexts.push(made);
  return made;
}

function planOf(text: string, imageBytes: number) {
  const { config, diagnostics } = parseBlockDeviceGraph({ path: "test.yaml", text });
  if (config === undefined) throw new Error(diagnostics.map(({ message }) => message).join("\n"));
  const planned = planDisk(config, { imageBytes, rootMkfsOptions: "-i 4096 -J size=4" });
  if (planned.plan === undefined) throw new Error(planned.diagnostics.map(({ message }) => message).join("\n"));
  return planned.plan;
}

describe.skipIf(process.getuid?.() !== 0)("createDisk (needs root and loop devices)", () => {
  afterEach(async () => {
    for (const made of contexts.splice(0)) expect(await made.dispose()).toEqual([]);
  });

  it("mbr", async () => {
    const build = await context();
    const plan = planOf(
      `
- local_loop:
    name: image0
- partitioning:
    base: image0
    label: mbr
    partitions:
      - name: root
        flags: [ boot, primary ]
        size: 100%
        mkfs:
          mount:
            mount_point: /
            fstab:
              options: "defaults"
              fsck-passno: 1
`,
      64 * MIB,
    );
    const disk = await createDisk(plan, build);
    expect(disk).toMatchObject({ ok: true });
    if (!disk.ok) return;
    console.log(disk.value, plan);
    await writeFile(join(build.treePath, ".dot"), "dot");
    await mkdir(join(build.treePath, "a"));
    expect(await copyTree(build.treePath, disk.value.rootPath, build)).toMatchObject({ ok: true });
    console.log(await build.commands.run(["lsblk", "-f"]), await build.commands.run(["losetup", "-l"]));
    expect(await disk.value.unmount()).toMatchObject({ ok: true });
    console.log(await build.commands.run(["sfdisk", "-d", disk.value.imagePath]));
    console.log(await build.commands.run(["losetup", "-l"]), await readFile("/proc/partitions", "utf8"));
    console.log(build.events);
  });
});
