import { chmod, chown, link, mkdir, open, readFile, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type DiskPlan, parseBlockDeviceGraph, planSeededDisk } from "@dibkit/model";
import { afterEach, describe, expect, it } from "vitest";
import type { DiskAssembler } from "../../src/disk/disk-assembler.js";
import { DISK_ASSEMBLERS } from "../../src/disk/disk-assemblers.js";
import type { MountedDisk } from "../../src/disk/mounted-disk.js";
import { createTestContext, type TestContext } from "./disk-context.js";
import { imageFacts } from "./image-facts.js";

const MIB = 1024 * 1024;
const OLD = 1_600_000_000;
const OPTS = "opts: -i 4096 -J size=4";
const ROOT = `mkfs: { type: ext4, ${OPTS}, mount: { mount_point: / } }`;

const partitions = (label: string, text: string) => `
- local_loop: { name: image0 }
- partitioning:
    base: image0
    label: ${label}
    partitions:
${text}`;

/** Layouts that both ways can make. */
const LAYOUTS: Readonly<Record<string, string>> = {
  "the whole disk": `- local_loop: { name: image0, ${ROOT} }`,
  "MBR with logical partitions": partitions(
    "mbr",
    `      - { name: root, flags: [ boot, primary ], size: 48MiB, ${ROOT} }
      - { name: etc, size: 16MiB, mkfs: { type: ext2, mount: { mount_point: /etc } } }
      - { name: pages, size: 8MiB, mkfs: { type: swap, mount: { mount_point: swap } } }
      - { name: srv, size: 100%, mkfs: { type: ext3, ${OPTS}, mount: { mount_point: /srv } } }`,
  ),
  "GPT with an EFI and a BIOS boot partition": partitions(
    "gpt",
    `      - { name: ESP, type: EF00, size: 40MiB, mkfs: { type: vfat, mount: { mount_point: /boot/efi } } }
      - { name: BSP, type: EF02, size: 8MiB }
      - { name: root, type: 8300, size: 100%, ${ROOT} }`,
  ),
  "several disks": `
- local_loop: { name: image0, ${ROOT} }
- local_loop: { name: data, size: 24MiB, mkfs: { type: ext2, mount: { mount_point: /srv } } }`,
};

function planOf(text: string, mib = 120): DiskPlan {
  const { config, diagnostics } = parseBlockDeviceGraph({ path: "test.yaml", text });
  const planned = config && planSeededDisk(config, { imageBytes: mib * MIB, seed: "image" });
  if (planned?.plan === undefined) {
    throw new Error([...diagnostics, ...(planned?.diagnostics ?? [])].map(({ message }) => message).join("\n"));
  }
  return planned.plan;
}

const contexts: TestContext[] = [];

async function tool(build: TestContext, ...argv: readonly string[]): Promise<string> {
  const done = await build.commands.run(argv);
  if (!done.ok) throw new Error(`${argv.join(" ")}: ${done.error.tail.join("\n")}`);
  return done.value.stdout;
}

/** Two access control lists (acl(5)) as the kernel has them, and an attribute that nearly fills a block of 1 KiB. */
const SET_ATTRIBUTES = `
import os, struct, sys
none = 0xFFFFFFFF
entries = ((1, 6, none), (2, 4, 33), (4, 4, none), (8, 6, 44), (16, 6, none), (32, 4, none))
acl = struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *entry) for entry in entries)
os.setxattr(sys.argv[1] + "/etc/name-of-many", "system.posix_acl_access", acl)
os.setxattr(sys.argv[1] + "/usr", "system.posix_acl_default", acl)
os.setxattr(sys.argv[1] + "/etc/hostname", "user.much", b"x" * 900)
`;

/** Everything a tree can have that a writer may lose. */
async function writeTree(root: string, build: TestContext): Promise<void> {
  for (const directory of ["etc/cron.d", "boot/efi/EFI/BOOT", "srv/data", "usr/bin", "dev", "large"]) {
    await mkdir(join(root, directory), { recursive: true });
  }
  await writeFile(join(root, "etc/hostname"), "image\n", { mode: 0o640 });
  await chown(join(root, "etc/hostname"), 12, 34);
  await symlink("hostname", join(root, "etc/name"));
  await symlink("x".repeat(200), join(root, "etc/long"));
  await writeFile(join(root, "usr/bin/su"), "#!/bin/sh\n");
  await chmod(join(root, "usr/bin/su"), 0o4755);
  await link(join(root, "usr/bin/su"), join(root, "usr/bin/su too"));
  await writeFile(join(root, "usr/bin/gone"), "removed by a script\n");
  await tool(build, "setcap", "cap_net_raw+ep", join(root, "usr/bin/su too"));
  await tool(build, "truncate", "-s", "3M", join(root, "srv/data/holes"));
  await tool(build, "mknod", "-m", "666", join(root, "dev/null"), "c", "1", "3");
  await tool(build, "python3", "-c", "import os, sys; os.setxattr(sys.argv[1], 'user.top', b'value')", root);
  await tool(build, "mkfifo", join(root, "srv/data/fifo"));
  await writeFile(join(root, "boot/efi/EFI/BOOT/BOOTX64.EFI"), Buffer.alloc(300_000, 7));
  await writeFile(join(root, "etc/name-of-many"), "");
  await writeFile(join(root, "etc/later than 2038"), "");
  await tool(build, "python3", "-c", SET_ATTRIBUTES, root);
  for (let number = 0; number < 60; number += 1)
    await writeFile(join(root, "large", `${number}-${"n".repeat(60)}`), "");
  await chmod(join(root, "srv"), 0o1777);
  await chmod(root, 0o711);
  await tool(build, "find", root, "-exec", "touch", "-h", "-d", `@${OLD}`, "{}", "+");
  await utimes(join(root, "etc/later than 2038"), 2_220_512_889, 2_220_512_889);
}

/** What scripts do to an image on its disk. */
async function runScripts({ rootPath, environment }: MountedDisk, build: TestContext): Promise<void> {
  await writeFile(join(rootPath, "etc/motd"), "of a script\n");
  await rm(join(rootPath, "usr/bin/gone"));
  await chmod(join(rootPath, "etc/hostname"), 0o600);
  await mkdir(join(rootPath, "usr/new"));
  await tool(build, "chattr", "+A", join(rootPath, "etc/motd"));
  for (const path of ["etc/motd", "etc/fstab", "etc", "usr/bin", "usr/new", "usr"]) {
    await utimes(join(rootPath, path), OLD, OLD);
  }
  const device = await open(environment.IMAGE_BLOCK_DEVICE ?? "", "r+");
  // Where a boot loader has its first bytes: before the first partition.
  if (/\dp\d+ /.test(environment.IMAGE_BLOCK_DEVICES ?? "")) await device.write(Buffer.from("boot code"), 0, 9, 0);
  await device.close();
}

interface MadeImage {
  readonly build: TestContext;
  readonly disk: MountedDisk;
}

async function makeImage(assembler: DiskAssembler, plan: DiskPlan, date?: number): Promise<MadeImage> {
  const build = await createTestContext();
  contexts.push(build);
  await writeTree(build.treePath, build);
  const disk = ready(await assembler.open(plan, build));
  ready(await disk.fill());
  expect(await readFile(join(disk.rootPath, "etc/fstab"), "utf8")).toBe(plan.fstab);
  await checkSources(plan, disk, build);
  await runScripts(disk, build);
  if (date !== undefined) {
    await tool(
      build,
      "find",
      disk.rootPath,
      "-newermt",
      `@${date}`,
      "-exec",
      "touch",
      "-h",
      "-d",
      `@${date}`,
      "{}",
      "+",
    );
    expect(ready(await disk.rewrite(date))).toEqual([]);
  }
  ready(await disk.unmount());
  // What is mounted at the image, and which of its files are mounted at names of devices.
  const mounts = await readFile("/proc/self/mountinfo", "utf8");
  for (const path of [build.targetPath, build.imageDirectory]) expect(mounts).not.toContain(path);
  return { build, disk };
}

function ready<T>(done: { ok: true; value: T } | { ok: false; error: { message: string } }): T {
  if (!done.ok) throw new Error(done.error.message);
  return done.value;
}

/** Boot loaders ask the mount table for the device of a directory, and the device for its filesystem. */
async function checkSources(plan: DiskPlan, { rootPath, environment }: MountedDisk, build: TestContext): Promise<void> {
  for (const mount of plan.nodes) {
    const filesystem = plan.nodes.find(
      ({ kind, name }) => kind === "mkfs" && mount.kind === "mount" && name === mount.base,
    );
    if (mount.kind !== "mount" || filesystem?.kind !== "mkfs" || filesystem.type === "swap") continue;
    const at = join(rootPath, mount.mountPoint).replace(/\/$/, "");
    const source = (await tool(build, "findmnt", "-n", "-o", "SOURCE", "--mountpoint", at)).trim();
    expect(environment.IMAGE_BLOCK_DEVICES).toContain(` [${filesystem.base}]=${source} `);
    expect(await tool(build, "blkid", "-p", "-s", "TYPE", "-o", "value", source)).toBe(`${filesystem.type}\n`);
    const hasLostAndFound = filesystem.type.startsWith("ext");
    const found = await tool(build, "find", at, "-maxdepth", "1", "-name", "lost+found", "-printf", "%m %U:%G");
    expect(found).toBe(hasLostAndFound ? "700 0:0" : "");
  }
}

/** What every disk of an image is, by its name. */
async function factsOf({ build, disk }: MadeImage): Promise<unknown> {
  const facts: Record<string, unknown> = {};
  for (const [name, image] of Object.entries(disk.images)) {
    facts[name] = await imageFacts(image, build.scratchDirectory, build.commands);
  }
  return facts;
}

const { loop, files } = DISK_ASSEMBLERS;

describe.skipIf(process.getuid?.() !== 0)("ways to make a disk (need root; loop needs loop devices)", () => {
  afterEach(async () => {
    for (const made of contexts.splice(0)) expect(await made.dispose()).toEqual([]);
  });

  it.each(Object.entries(LAYOUTS))("give the same image: %s", async (_, text) => {
    const plan = planOf(text);
    expect([loop.check(plan), files.check(plan)]).toEqual([[], []]);
    const expected = await factsOf(await makeImage(loop, plan));
    expect(await factsOf(await makeImage(files, plan))).toEqual(expected);
  });

  it.each(Object.values(DISK_ASSEMBLERS))("give the same bytes in each build with a date: $way", async (assembler) => {
    const plan = planOf(LAYOUTS["GPT with an EFI and a BIOS boot partition"] ?? "");
    const [one, other] = [await makeImage(assembler, plan, OLD), await makeImage(assembler, plan, OLD)];
    await tool(one.build, "cmp", one.disk.imagePath, other.disk.imagePath);
  });

  it.each(Object.values(DISK_ASSEMBLERS))("say so when the tree is too large: $way", async (assembler) => {
    const build = await createTestContext();
    contexts.push(build);
    await writeFile(join(build.treePath, "large"), Buffer.alloc(60 * MIB, 1));
    const disk = ready(await assembler.open(planOf(LAYOUTS["the whole disk"] ?? "", 40), build));
    const filled = await disk.fill();
    const made = filled.ok ? await disk.unmount() : filled;
    expect(made).toMatchObject({
      ok: false,
      error: { kind: "no-space", help: expect.stringContaining("make the image larger with --image-size") },
    });
  });

  it.each([
    [
      "lvm",
      `${partitions("mbr", "      - { name: p, size: 100% }")}
- lvm: { name: lvm, pvs: [ { name: pv, base: p } ], vgs: [ { name: vg, base: [ pv ] } ], lvs: [ { name: lv, base: vg, extents: 100%VG } ] }
- mkfs: { base: lv, type: ext4, mount: { mount_point: / } }`,
      'lvm "lvm" is made by device-mapper, which works on devices only, so it cannot be made in files alone',
    ],
    [
      "xfs",
      "- local_loop: { name: image0, mkfs: { type: xfs, label: r, mount: { mount_point: / } } }",
      'filesystem "mkfs_image0" is xfs, which cannot be written from a directory with all that it has, so it cannot be made in files alone',
    ],
    [
      "btrfs",
      "- local_loop: { name: image0, mkfs: { type: btrfs, label: r, mount: { mount_point: / } } }",
      'filesystem "mkfs_image0" is btrfs, which cannot be written from a directory with all that it has, so it cannot be made in files alone',
    ],
    [
      "4096-byte sectors",
      "- local_loop: { name: image0, block_size: 4096, mkfs: { type: ext4, mount: { mount_point: / } } }",
      'disk "image0" has sectors of 4096 bytes, which only a device can have, so it cannot be made in files alone',
    ],
  ])("files alone are refused for %s", (_, text, message) => {
    expect(files.check(planOf(text, 400))).toMatchObject([{ kind: "host-cannot", message }]);
  });

  it("refuses to write a filesystem whose boot code would not find its files again", async () => {
    const build = await createTestContext();
    contexts.push(build);
    const disk = ready(await files.open(planOf(LAYOUTS["the whole disk"] ?? "", 40), build));
    ready(await disk.fill());
    const device = await open(disk.environment.IMAGE_BLOCK_DEVICE ?? "", "r+");
    await device.write(Buffer.from("boot code"), 0, 9, 0);
    await device.close();
    expect(await disk.unmount()).toMatchObject({
      ok: false,
      error: { kind: "host-cannot", help: 'build with "--disk loop"' },
    });
  });
});
