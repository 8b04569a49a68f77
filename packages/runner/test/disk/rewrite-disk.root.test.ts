import { link, mkdir, open, readFile, symlink, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { type DiskPlan, parseBlockDeviceGraph, planSeededDisk } from "@dibkit/model";
import { afterEach, describe, expect, it } from "vitest";
import { between } from "../../src/disk/copy-around.js";
import { createDisk } from "../../src/disk/create-disk.js";
import { usedInodes } from "../../src/disk/ext-tree.js";
import { withExtendedOption } from "../../src/disk/nodes/mkfs.js";
import { rewriteTools } from "../../src/disk/rewrite-tools.js";
import { createTestContext, type TestContext } from "./disk-context.js";

const MIB = 1024 * 1024;
const EPOCH = 1_700_000_000;
const OPTS = "opts: -i 4096 -J size=4";

const MBR = `
- local_loop: { name: image0 }
- partitioning:
    base: image0
    label: mbr
    partitions:
      - { name: root, flags: [ boot, primary ], size: 64MiB, mkfs: { type: ext4, ${OPTS}, mount: { mount_point: / } } }
      - { name: srv, size: 16MiB, mkfs: { type: ext2, mount: { mount_point: /srv } } }
      - { name: pages, size: 100%, mkfs: { type: swap, mount: { mount_point: swap } } }`;
const GPT = `
- local_loop: { name: image0 }
- partitioning:
    base: image0
    label: gpt
    partitions:
      - { name: ESP, type: EF00, size: 40MiB, mkfs: { type: vfat, mount: { mount_point: /srv } } }
      - { name: BSP, type: EF02, size: 8MiB }
      - { name: root, size: 100%, mkfs: { type: ext4, ${OPTS}, mount: { mount_point: / } } }`;
const WHOLE = `- local_loop: { name: image0, mkfs: { type: ext4, ${OPTS}, mount: { mount_point: / } } }`;

const contexts: TestContext[] = [];

function planOf(text: string, mib = 120): DiskPlan {
  const { config } = parseBlockDeviceGraph({ path: "test.yaml", text });
  const { plan } = config ? planSeededDisk(config, { imageBytes: mib * MIB, seed: "image" }) : { plan: undefined };
  if (plan === undefined) throw new Error("cannot be planned");
  return plan;
}

/** Names that need several blocks of a directory. */
const LARGE = Array.from({ length: 120 }, (_, index) => `${index}-${"x".repeat(100)}`);

async function tool(build: TestContext, ...argv: readonly string[]): Promise<string> {
  const done = await build.commands.run(argv);
  if (!done.ok) throw new Error(`${argv.join(" ")}: ${done.error.tail.join("\n")}`);
  return done.value.stdout;
}

/** Everything that may differ between two builds without a difference in the files. */
async function scribble(root: string, order: 1 | -1, build: TestContext): Promise<void> {
  const all = Array.from({ length: 40 }, (_, index) => `file-${index}`);
  const inOrder = (names: readonly string[]) => (order === 1 ? names : names.toReversed());
  await mkdir(join(root, "etc"));
  if (order === 1) await writeFile(join(root, "gone"), Buffer.alloc(300_000, 1));
  for (const name of inOrder(all)) await writeFile(join(root, "etc", name), name.repeat(100));
  await mkdir(join(root, "large"));
  await Promise.all(inOrder(LARGE).map((name) => writeFile(join(root, "large", name), "")));
  await tool(build, "sync");
  if (order === 1) await tool(build, "rm", join(root, "gone"));
  await mkdir(join(root, "srv/dir/below"), { recursive: true });
  for (const name of inOrder(all.slice(0, 5))) await writeFile(join(root, "srv/dir", name), name);
}

async function makeDisk(plan: DiskPlan, order: 1 | -1, onDisk?: (root: string, device: string) => Promise<void>) {
  const build = await createTestContext();
  contexts.push(build);
  const disk = await createDisk(plan, build);
  if (!disk.ok) throw new Error(disk.error.message);
  const { rootPath, environment } = disk.value;
  await scribble(rootPath, order, build);
  for (const name of Array.from({ length: 40 }, (_, index) => `etc/file-${index}`).sort()) {
    await utimes(join(rootPath, name), EPOCH - 10, EPOCH - 10);
  }
  await onDisk?.(rootPath, environment.IMAGE_BLOCK_DEVICE ?? "");
  const settle = `find "$1" -xdev -newermt @${EPOCH} -exec touch -h -d @${EPOCH} {} +; find "$1/srv" -exec touch -d @${EPOCH} {} +`;
  await tool(build, "sh", "-c", settle, "sh", rootPath);
  const unsettled = await disk.value.rewrite(EPOCH);
  if (!unsettled.ok) throw new Error(unsettled.error.message);
  const unmounted = await disk.value.unmount();
  if (!unmounted.ok) throw new Error(unmounted.error.message);
  return { build, image: unmounted.value.imagePath, unsettled: unsettled.value };
}

describe.skipIf(process.getuid?.() !== 0)("a rewritten disk (needs root and loop devices)", () => {
  afterEach(async () => {
    for (const made of contexts.splice(0)) expect(await made.dispose()).toEqual([]);
  });

  it.each([
    ["mbr", MBR, 1],
    ["gpt with an EFI partition", GPT, 49],
    ["without partitions", WHOLE, 0],
  ])("has the same bytes however it was written: %s", async (_, text, rootMib) => {
    const bootCode = async (_root: string, device: string) => {
      if (text === WHOLE) return;
      const file = await open(device, "r+");
      await file.write(Buffer.from("boot code"), 0, 9, 0);
      await file.close();
    };
    const one = await makeDisk(planOf(text), 1, bootCode);
    // FAT counts in steps of two seconds.
    if (text === GPT) await setTimeout(2100);
    const other = await makeDisk(planOf(text), -1, bootCode);
    expect([one.unsettled, other.unsettled]).toEqual([[], []]);
    await tool(one.build, "cmp", one.image, other.image);
    expect((await readFile(one.image)).subarray(0, 9).toString()).toBe(text === WHOLE ? "\0".repeat(9) : "boot code");
    const root = `${one.image}?offset=${rootMib * MIB}`;
    await tool(one.build, "e2fsck", "-fn", root);
    expect(await tool(one.build, "debugfs", "-R", "cat /etc/file-7", root)).toBe("file-7".repeat(100));
    // The index that the kernel gives to a directory of several blocks.
    expect(await tool(one.build, "debugfs", "-R", "stat /large", root)).toContain("Flags: 0x81000");
    if (text === GPT) {
      expect(await tool(one.build, "mdir", "-i", `${one.image}@@1M`, "::/dir")).toMatch(/file-0 +6 2023-11-14/);
      expect(await tool(one.build, "sgdisk", "--verify", one.image)).toContain("No problems found");
    }
    expect(await tool(one.build, "sfdisk", "--verify", one.image)).not.toContain("overlap");
  });

  it("keeps everything that files can have", async () => {
    const { build, image } = await makeDisk(planOf(WHOLE), 1, async (root) => {
      const script = `cd "$1"; chmod 0750 .; chown 3:70000 .; mknod null c 1 3; mkfifo pipe; chown 80000:2 etc/file-1
        chmod 4711 etc/file-1; truncate -s 20M sparse; mkdir "odd ""name"; echo x > "odd ""name/it's"; chattr +i etc/file-2
        chattr +d "odd ""name/it's"; setcap cap_net_raw+ep etc/file-3 || true`;
      await tool(contexts.at(-1) as TestContext, "sh", "-c", script, "sh", root);
      await link(join(root, "etc/file-4"), join(root, "hard"));
      await symlink("file-5", join(root, "etc/soft"));
    });
    await tool(build, "e2fsck", "-fn", image);
    const debugfs = (command: string) => tool(build, "debugfs", "-R", command, image);
    const inodeOf = async (path: string) => /Inode: (\d+)/.exec(await debugfs(`stat ${path}`))?.[1];
    expect(await inodeOf("/hard")).toBe(await inodeOf("/etc/file-4"));
    const rows = [
      ["/", /Mode: {2}0750 .*User: +3 +Group: 70000 .*mtime: 0x6553f100/s],
      ["/null", /Type: character special.*Device major\/minor number: 01:03/s],
      ["/pipe", /Type: FIFO/],
      [
        "/etc/file-1",
        /Mode: {2}04711 .*User: 80000 .*ctime: 0x6553f100.*atime: 0x6553f100.*mtime: 0x6553f0f6.*crtime: 0x6553f100/s,
      ],
      ["/sparse", /Size: 20971520.*Blockcount: 0/s],
      ["/etc/soft", /Fast link dest: "file-5"/],
      ["/etc/file-2", /Flags: 0x80010/],
      [`"/odd name/it's"`, /Flags: 0x80040/],
    ] as const;
    for (const [path, expected] of rows) expect(await debugfs(`stat ${path}`)).toMatch(expected);
    const capable = await debugfs("ea_list /etc/file-3");
    if (capable.includes("security")) expect(capable).toContain("security.capability (20)");
  });

  it.each([
    [
      "xfs",
      WHOLE.replace(/type: ext4, opts: [^,]*/, "type: xfs, label: r"),
      undefined,
      "mkfs.xfs puts times and random",
    ],
    [
      "a boot sector",
      WHOLE,
      (device: string) => ["sh", "-c", `printf boot > ${device}`],
      "boot code in it finds files",
    ],
  ])("says what stays as it was written: %s", async (_, text, command, reason) => {
    const plan = planOf(text, 320);
    const { unsettled, image, build } = await makeDisk(plan, 1, async (_root, device) => {
      if (command !== undefined) await tool(contexts.at(-1) as TestContext, ...command(device));
    });
    expect(unsettled).toEqual([{ name: "mkfs_image0", reason: expect.stringContaining(reason) }]);
    if (command === undefined) await tool(build, "xfs_repair", "-n", image);
    else await tool(build, "e2fsck", "-fn", image);
  });
});

it.each([
  [[], [{ start: 0, end: 100 }]],
  [[{ start: 0, end: 100 }], []],
  [
    [
      { start: 60, end: 80 },
      { start: 10, end: 30 },
    ],
    [
      { start: 0, end: 10 },
      { start: 30, end: 60 },
      { start: 80, end: 100 },
    ],
  ],
])("what is between %j", (ranges, expected) => {
  expect(between(ranges, 100)).toEqual(expected);
});

it.each([
  [
    ["-i", "4096"],
    ["-i", "4096", "-E", "hash_seed=x"],
  ],
  [
    ["-E", "resize=9", "-q"],
    ["-E", "resize=9,hash_seed=x", "-q"],
  ],
  [
    ["-E", "a", "-E", "b"],
    ["-E", "a", "-E", "b,hash_seed=x"],
  ],
])("adds to %j", (options, expected) => {
  expect(withExtendedOption(options, "hash_seed=x")).toEqual(expected);
});

it("reads the inodes in use", () => {
  const dump =
    "Inode count:              24\n  Free blocks: 9\n  Free inodes: 14-15, 18\n\n  Free inodes: 20-24\n  Free inodes: \n";
  expect(usedInodes(dump)).toEqual([11, 12, 13, 16, 17, 19]);
});

it("names the host tools it needs", () => {
  const names = rewriteTools(planOf(GPT)).map(({ program, debianPackage }) => `${program} ${debianPackage}`);
  expect(names).toEqual([
    "debugfs e2fsprogs",
    "dumpe2fs e2fsprogs",
    "e2fsck e2fsprogs",
    "lsattr e2fsprogs",
    "mcopy mtools",
    "mmd mtools",
  ]);
});
