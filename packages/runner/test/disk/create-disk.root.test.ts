import { access, mkdir, readFile, symlink, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type CommandRunner, createCommandRunner } from "@dibkit/exec";
import { type DiskParameters, type DiskPlan, parseBlockDeviceGraph, planSeededDisk } from "@dibkit/model";
import { afterEach, describe, expect, it } from "vitest";
import { copyTree, measureTree } from "../../src/disk/copy-tree.js";
import { checkDiskHost, createDisk, diskTools } from "../../src/disk/create-disk.js";
import { createTestContext, type TestContext } from "./disk-context.js";

const MIB = 1024 * 1024;
const SMALL_JOURNAL = "-i 4096 -J size=4";

function planOf(text: string, imageMib: number, parameters: DiskParameters = {}): DiskPlan {
  const { config, diagnostics } = parseBlockDeviceGraph({ path: "test.yaml", text });
  if (config === undefined) throw new Error(diagnostics.map(({ message }) => message).join("\n"));
  const options = { imageBytes: imageMib * MIB, rootMkfsOptions: SMALL_JOURNAL, ...parameters };
  const { plan, diagnostics: trouble } = planSeededDisk(config, options);
  if (plan === undefined) throw new Error(trouble.map(({ message }) => message).join("\n"));
  return plan;
}

/** Everything a tree can have that a copy may lose. */
async function writeTree(root: string): Promise<void> {
  await mkdir(join(root, "etc"), { recursive: true });
  await mkdir(join(root, "boot", "efi", "EFI", "BOOT"), { recursive: true });
  await writeFile(join(root, ".autorelabel"), "");
  await writeFile(join(root, "etc", "hostname"), "image\n", { mode: 0o640 });
  await writeFile(join(root, "boot", "efi", "EFI", "BOOT", "BOOTX64.EFI"), Buffer.alloc(300_000, 7));
  await utimes(join(root, "boot", "efi", "EFI", "BOOT", "BOOTX64.EFI"), 1_600_000_000, 1_600_000_000);
  await symlink("hostname", join(root, "etc", "name"));
}

const contexts: TestContext[] = [];

async function context(): Promise<TestContext> {
  const made = await createTestContext();
  contexts.push(made);
  return made;
}

/** Output of a tool that is not ours. */
async function tool(build: TestContext, ...argv: readonly string[]): Promise<string> {
  const done = await build.commands.run(argv);
  if (!done.ok) throw new Error(`${argv.join(" ")}: ${done.error.tail.join("\n")}`);
  return done.value.stdout;
}

/** Makes the disk, copies a tree into it and takes it down; gives the raw image. */
async function makeImage(plan: DiskPlan, build: TestContext) {
  await writeTree(build.treePath);
  const disk = await createDisk(plan, build);
  if (!disk.ok) throw new Error(disk.error.message);
  const copied = await copyTree(build.treePath, disk.value.rootPath, build);
  expect(copied).toMatchObject({ ok: true });
  expect(await readFile(join(disk.value.rootPath, "etc", "fstab"), "utf8")).toBe(plan.fstab);
  const unmounted = await disk.value.unmount();
  expect(unmounted).toMatchObject({ ok: true });
  expect(await tool(build, "losetup", "--list", "--noheadings", "--output", "BACK-FILE")).not.toContain(
    build.imageDirectory,
  );
  expect(await readFile("/proc/self/mounts", "utf8")).not.toContain(build.targetPath);
  return disk.value;
}

const EXT_OPTIONS = "opts: -J size=4";

const EXT4_AT_ROOT = `mkfs: { type: ext4, ${EXT_OPTIONS}, mount: { mount_point: / } }`;

const partitions = (label: string, text: string) => `
- local_loop:
    name: image0
- partitioning:
    base: image0
    label: ${label}
    partitions:
${text}`;

describe.skipIf(process.getuid?.() !== 0)("createDisk (needs root and loop devices)", () => {
  afterEach(async () => {
    for (const made of contexts.splice(0)) expect(await made.dispose()).toEqual([]);
  });

  it("makes an MBR disk with primary and logical partitions", async () => {
    const build = await context();
    const disk = await makeImage(
      planOf(
        partitions(
          "mbr",
          `
      - { name: root, flags: [ boot, primary ], size: 32MiB, mkfs: { type: ext4, ${EXT_OPTIONS}, mount: { mount_point: /, fstab: { fsck-passno: 1 } } } }
      - { name: etc, size: 16MiB, mkfs: { type: ext2, mount: { mount_point: /etc, fstab: { options: noatime } } } }
      - { name: pages, size: 8MiB, mkfs: { type: swap, mount: { mount_point: swap, fstab: { options: sw, fsck-passno: 0 } } } }
      - { name: srv, type: '0x0c', size: 100%, mkfs: { type: ext3, ${EXT_OPTIONS}, mount: { mount_point: /srv } } }`,
        ),
        96,
      ),
      build,
    );
    expect(Object.keys(disk.environment)).toEqual(["IMAGE_BLOCK_DEVICE", "IMAGE_BLOCK_DEVICES", "LOOPDEV"]);
    const loop = disk.environment.IMAGE_BLOCK_DEVICE;
    expect(disk.environment.IMAGE_BLOCK_DEVICES).toBe(
      ` [image0]=${loop}  [root]=${loop}p1  [etc]=${loop}p5  [pages]=${loop}p6  [srv]=${loop}p7 `,
    );
    const image = disk.imagePath;
    const table = await tool(build, "sfdisk", "--json", image);
    const found = (JSON.parse(table) as { partitiontable: { partitions: { start: number; type: string }[] } })
      .partitiontable;
    expect(found.partitions.map(({ start, type }) => [start, type])).toEqual([
      [2048, "83"],
      [67584, "f"],
      [69632, "83"],
      [104448, "83"],
      [122880, "c"],
    ]);
    expect(await tool(build, "sfdisk", "--verify", image)).not.toContain("does not");
    expect(await tool(build, "blkid", "-p", "-O", `${104448 * 512}`, image)).toContain('LABEL="mkfs_pages"');
    for (const start of [2048, 69632, 122880]) await tool(build, "e2fsck", "-fn", `${image}?offset=${start * 512}`);
    expect(await tool(build, "debugfs", "-R", "ls -p /", `${image}?offset=${2048 * 512}`)).toContain("/.autorelabel/");
    expect(await tool(build, "debugfs", "-R", "cat /hostname", `${image}?offset=${69632 * 512}`)).toBe("image\n");
    expect(await readFile(join(build.treePath, "etc", "fstab"), "utf8")).toBe(
      [
        "LABEL=cloudimg-rootfs / ext4 defaults 0 1",
        "LABEL=mkfs_etc /etc ext2 noatime 0 2",
        "LABEL=mkfs_pages none swap sw 0 0",
        "",
      ].join("\n"),
    );
  });

  it("makes a GPT disk with an EFI partition, with or without a FAT driver", async () => {
    const build = await context();
    const plan = planOf(
      partitions(
        "gpt",
        `
      - { name: ESP, type: EF00, size: 40MiB, mkfs: { type: vfat, mount: { mount_point: /boot/efi, fstab: { fsck-passno: 2 } } } }
      - { name: BSP, type: EF02, size: 8MiB }
      - { name: root, type: 8300, size: 100%, mkfs: { type: ext4, ${EXT_OPTIONS}, mount: { mount_point: / } } }`,
      ),
      96,
      { seed: "image" },
    );
    const { imagePath } = await makeImage(plan, build);
    expect(await tool(build, "sgdisk", "--verify", imagePath)).toContain("No problems found");
    const table = plan.nodes.find(({ kind }) => kind === "partition-table");
    const guid = table?.kind === "partition-table" ? table.uuid?.toUpperCase() : undefined;
    expect(await tool(build, "sfdisk", "--dump", imagePath)).toContain(`label-id: ${guid}`);
    const listing = await tool(build, "mdir", "-i", `${imagePath}@@1M`, "-/", "::/");
    expect(listing).toContain("Volume in drive : is MKFS_ESP");
    expect(listing).toMatch(/BOOTX64\s+EFI\s+300000 2020-09-13/);
    await tool(build, "dd", `if=${imagePath}`, `of=${imagePath}.esp`, "bs=1M", "skip=1", "count=40", "status=none");
    await tool(build, "fsck.vfat", "-n", `${imagePath}.esp`);
    const root = `${imagePath}?offset=${49 * MIB}`;
    await tool(build, "e2fsck", "-fn", root);
    // What is on the EFI partition must not also be under its mount point.
    expect(await tool(build, "debugfs", "-R", "ls -p /boot/efi", root)).not.toContain("EFI");
  });

  it.each([
    ["the whole disk", "- local_loop: { name: image0, mkfs: { type: ext4, mount: { mount_point: / } } }", 40, "ext4"],
    ["xfs", "- local_loop: { name: image0, mkfs: { type: xfs, label: r, mount: { mount_point: / } } }", 320, "xfs"],
    [
      "btrfs",
      "- local_loop: { name: image0, mkfs: { type: btrfs, label: a-long-label-is-fine, mount: { mount_point: / } } }",
      160,
      "btrfs",
    ],
    [
      "4096-byte sectors",
      "- local_loop: { name: image0, block_size: 4096, mkfs: { type: ext4, mount: { mount_point: / } } }",
      40,
      "ext4",
    ],
  ])("makes a filesystem on %s", async (_, text, mib, type) => {
    const build = await context();
    const plan = planOf(text, mib);
    const missing = await Promise.all(
      diskTools(plan).map(async ({ program }) => !(await build.commands.run(["which", program])).ok),
    );
    if (missing.includes(true)) return;
    const { imagePath } = await makeImage(plan, build);
    expect(await tool(build, "blkid", "-p", imagePath)).toContain(`TYPE="${type}"`);
  });

  it("makes GPT partitions on 4096-byte sectors", async () => {
    const build = await context();
    const text = partitions(
      "gpt",
      `      - { name: root, size: 100%, mkfs: { type: ext4, ${EXT_OPTIONS}, mount: { mount_point: / } } }`,
    );
    const { imagePath } = await makeImage(planOf(text, 48, { blockSize: 4096 }), build);
    expect((await readFile(imagePath)).subarray(4096, 4104).toString()).toBe("EFI PART");
    await tool(build, "e2fsck", "-fn", `${imagePath}?offset=${MIB}`);
  });

  it("makes several images", async () => {
    const build = await context();
    const text = `
- local_loop: { name: image0, mkfs: { type: ext4, ${EXT_OPTIONS}, mount: { mount_point: / } } }
- local_loop: { name: data, size: 24MiB, mkfs: { type: ext2, mount: { mount_point: /srv } } }`;
    const { images } = await makeImage(planOf(text, 40), build);
    expect(Object.keys(images)).toEqual(["image0", "data"]);
    await tool(build, "e2fsck", "-fn", images.data ?? "");
  });

  it("gives unused space back before unmounting", async () => {
    const build = await context();
    const disk = await createDisk(
      planOf("- local_loop: { name: image0, mkfs: { type: ext4, mount: { mount_point: / } } }", 64),
      build,
    );
    if (!disk.ok) throw new Error(disk.error.message);
    const waste = join(disk.value.rootPath, "waste");
    await writeFile(waste, Buffer.alloc(32 * MIB, 1));
    await tool(build, "sync");
    await tool(build, "rm", waste);
    await disk.value.unmount();
    const kib = await measureTree(disk.value.imagePath, build);
    expect(kib.ok && kib.value).toBeLessThan(16 * 1024);
  });

  it("leaves nothing behind when it is interrupted", async () => {
    const build = await context();
    const abort = new AbortController();
    const runner = createCommandRunner({ signal: abort.signal });
    const commands: CommandRunner = {
      run: (argv, options) => {
        if (argv[0] === "mount") abort.abort();
        return runner.run(argv, options);
      },
    };
    const plan = planOf(partitions("mbr", `      - { name: root, size: 100%, ${EXT4_AT_ROOT} }`), 40);
    const disk = await createDisk(plan, { ...build, commands, signal: abort.signal });
    expect(disk).toMatchObject({ ok: false, error: { command: { kind: "aborted" } } });
    expect(await tool(build, "losetup", "--list", "--noheadings", "--output", "BACK-FILE")).not.toContain(
      build.imageDirectory,
    );
  });

  it("says so when the raw file cannot grow", async () => {
    const build = await context();
    await mkdir(build.imageDirectory, { recursive: true });
    await tool(build, "mount", "-t", "tmpfs", "-o", "size=1M", "tmpfs", build.imageDirectory);
    try {
      const plan = planOf("- local_loop: { name: image0, mkfs: { type: ext4, mount: { mount_point: / } } }", 400);
      expect(await createDisk(plan, build)).toMatchObject({
        ok: false,
        error: { kind: "no-space", message: expect.stringContaining(`no space left in "${build.imageDirectory}"`) },
      });
    } finally {
      await tool(build, "umount", build.imageDirectory);
    }
  });

  it.each([
    [
      "lvm without device-mapper",
      `${partitions("mbr", "      - { name: p, size: 100% }")}
- lvm:
    name: lvm
    pvs: [ { name: pv, base: p } ]
    vgs: [ { name: vg, base: [ pv ] } ]
    lvs: [ { name: lv, base: vg, extents: 100%VG } ]
- mkfs: { base: lv, type: ext4, mount: { mount_point: / } }`,
      { kind: "host-cannot", message: 'lvm "lvm" needs device-mapper, which this kernel does not have' },
    ],
    [
      "a filesystem the host cannot make",
      "- local_loop: { name: image0, mkfs: { type: nosuchfs, mount: { mount_point: / } } }",
      { kind: "disk-command-failed", node: "mkfs_image0" },
    ],
    [
      "an image directory that cannot be made",
      "- local_loop: { name: image0, directory: /dev/null/images, mkfs: { type: ext4, mount: { mount_point: / } } }",
      { kind: "no-space", message: 'cannot create "/dev/null/images/image0.raw": ENOTDIR' },
    ],
  ])("leaves nothing behind: %s", async (name, text, failure) => {
    if (name.startsWith("lvm") && / device-mapper$/m.test(await readFile("/proc/devices", "utf8"))) return;
    const build = await context();
    const plan = planOf(text, 40);
    if (failure.kind === "host-cannot") expect(checkDiskHost(plan)).toMatchObject([failure]);
    const disk = await createDisk(plan, build);
    expect(disk).toMatchObject({ ok: false, error: failure });
    expect(await tool(build, "losetup", "--list", "--noheadings", "--output", "BACK-FILE")).not.toContain(
      build.imageDirectory,
    );
    await expect(access(join(build.imageDirectory, "image0.raw"))).rejects.toThrow("ENOENT");
  });
});

it("names the host tools of a plan", () => {
  const text = partitions(
    "gpt",
    "      - { name: root, size: 100%, mkfs: { type: xfs, label: r, mount: { mount_point: / } } }",
  );
  expect(diskTools(planOf(text, 400)).map(({ program, debianPackage }) => `${program} ${debianPackage}`)).toEqual([
    "blockdev util-linux",
    "fstrim util-linux",
    "losetup mount",
    "mkfs.xfs xfsprogs",
    "mount mount",
    "partx util-linux",
    "sgdisk gdisk",
    "umount mount",
  ]);
});
