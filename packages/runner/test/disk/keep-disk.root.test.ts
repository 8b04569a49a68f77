import { access, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type DiskPlan, parseBlockDeviceGraph, planDisk } from "@dibkit/model";
import { afterEach, describe, expect, it } from "vitest";
import { copyTree } from "../../src/disk/copy-tree.js";
import { createDisk, reopenDisk } from "../../src/disk/create-disk.js";
import { canBeKept } from "../../src/disk/keep-disk.js";
import type { MountedDisk } from "../../src/disk/mounted-disk.js";
import { createTestContext, type TestContext } from "./disk-context.js";

const MIB = 1024 * 1024;

function planOf(text: string, mib = 96): DiskPlan {
  const { config } = parseBlockDeviceGraph({ path: "test.yaml", text });
  const planned = config && planDisk(config, { imageBytes: mib * MIB });
  if (planned?.plan === undefined) throw new Error(JSON.stringify(planned?.diagnostics));
  return planned.plan;
}

const partitioned = (label: string, lines: readonly string[]) => `
- local_loop: { name: image0 }
- partitioning:
    base: image0
    label: ${label}
    partitions:
${lines.map((line) => `      - ${line}`).join("\n")}`;

const EXT4 = (mountPoint: string) => `mkfs: { type: ext4, opts: -J size=4, mount: { mount_point: ${mountPoint} } }`;

const LAYOUTS: Readonly<Record<string, string>> = {
  "an MBR disk with logical partitions and swap": partitioned("mbr", [
    `{ name: root, flags: [ boot, primary ], size: 40MiB, ${EXT4("/")} }`,
    "{ name: etc, size: 16MiB, mkfs: { type: ext2, mount: { mount_point: /etc } } }",
    "{ name: pages, size: 8MiB, mkfs: { type: swap, mount: { mount_point: swap } } }",
  ]),
  "a GPT disk with an EFI partition": partitioned("gpt", [
    "{ name: ESP, type: EF00, size: 40MiB, mkfs: { type: vfat, mount: { mount_point: /boot/efi } } }",
    `{ name: root, type: '8300', size: 100%, ${EXT4("/")} }`,
  ]),
  "several images": `
- local_loop: { name: image0, mkfs: { type: ext4, opts: -J size=4, mount: { mount_point: / } } }
- local_loop: { name: data, size: 24MiB, mkfs: { type: ext2, mount: { mount_point: /srv } } }`,
  "4096-byte sectors":
    "- local_loop: { name: image0, block_size: 4096, mkfs: { type: ext4, mount: { mount_point: / } } }",
};

const contexts: TestContext[] = [];

async function context(): Promise<TestContext> {
  const made = await createTestContext();
  contexts.push(made);
  for (const name of ["etc", "srv", "boot/efi/EFI"]) await mkdir(join(made.treePath, name), { recursive: true });
  await writeFile(join(made.treePath, "etc/hostname"), "image\n", { mode: 0o640 });
  await writeFile(join(made.treePath, "boot/efi/EFI/BOOTX64.EFI"), Buffer.alloc(300_000, 7));
  await writeFile(join(made.treePath, "srv/data"), "data\n");
  return made;
}

async function output(build: TestContext, script: string): Promise<string> {
  const done = await build.commands.run(["bash", "-c", script]);
  if (!done.ok) throw new Error(done.error.tail.join("\n"));
  return done.value.stdout;
}

/** Every file with its owner, mode and content, and what is where on the disk. */
function keepIn(disk: MountedDisk, directory: string) {
  if (disk.keep === undefined) throw new Error("the disk cannot be kept");
  return disk.keep(directory);
}

async function contentOf(build: TestContext, disk: MountedDisk): Promise<string> {
  const files = `cd ${disk.rootPath}; find . -printf '%y %m %U:%G %l %p\\n' | sort; find . -type f | sort | xargs sha256sum`;
  return output(build, files);
}

/** Labels and UUIDs of everything on the devices. */
async function identityOf(build: TestContext, disk: MountedDisk): Promise<string> {
  const devices = [...(disk.environment.IMAGE_BLOCK_DEVICES ?? "").matchAll(/\[(\S+)\]=(\S+)/g)];
  const told = devices.map(
    ([, name, device]) => `echo ${name}; blkid -p -o export ${device} | grep -Ev "DEVNAME|PART_ENTRY_DISK" || true`,
  );
  return output(build, told.join("\n"));
}

function opened<T>(
  result: { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: unknown },
): T {
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return result.value;
}

describe.skipIf(process.getuid?.() !== 0)("a kept disk (needs root and loop devices)", () => {
  afterEach(async () => {
    for (const made of contexts.splice(0)) expect(await made.dispose()).toEqual([]);
  });

  it.each(Object.entries(LAYOUTS))("opens again as it was: %s", async (_, text) => {
    const plan = planOf(text);
    const first = await context();
    const made = opened(await createDisk(plan, first));
    opened(await copyTree(first.treePath, made.rootPath, first));
    const before = { content: await contentOf(first, made), identity: await identityOf(first, made) };
    const { images } = opened(await keepIn(made, join(first.scratchDirectory, "kept")));
    if (images === undefined) throw new Error("not kept");
    // The original goes on, and what happens to it then is not in the copy.
    await writeFile(join(made.rootPath, "etc/later"), "later\n");

    // Both are in use at once, as in two builds over one store.
    const second = await context();
    const again = opened(await reopenDisk({ plan, images }, second));
    expect(await contentOf(second, again)).toBe(before.content);
    expect(await identityOf(second, again)).toBe(before.identity);
    expect(await readFile(join(second.treePath, "etc/fstab"), "utf8")).toBe(plan.fstab);
    await writeFile(join(again.rootPath, "boot/efi/EFI/added"), "by a script\n");
    const changed = await contentOf(second, again);
    opened(await again.unmount());

    const third = await context();
    const kept = opened(await reopenDisk({ plan, images }, third));
    expect(await contentOf(third, kept)).toBe(before.content);
    expect(changed).not.toBe(before.content);
    opened(await kept.unmount());
    opened(await made.unmount());
  });

  it("goes on with a disk that could not be kept", async () => {
    const build = await context();
    const made = opened(await createDisk(planOf(LAYOUTS["several images"] ?? ""), build));
    const place = join(build.scratchDirectory, "small");
    await output(build, `mkdir ${place}; mount -t tmpfs -o size=64k tmpfs ${place}`);
    try {
      opened(await copyTree(build.treePath, made.rootPath, build));
      const { images, reason } = opened(await keepIn(made, join(place, "kept")));
      expect(images).toBeUndefined();
      expect(reason?.message).toMatch(/^block-device node "image0": .*No space left on device/);
      await writeFile(join(made.rootPath, "etc/later"), "still writable\n");
    } finally {
      await output(build, `umount ${place}`);
    }
    opened(await made.unmount());
    await access(made.imagePath);
  });
});

describe("which disks can be kept", () => {
  const whole = (type: string) => `- local_loop: { name: image0, mkfs: { type: ${type}, mount: { mount_point: / } } }`;
  it.each([
    ["ext4", true],
    ["vfat", true],
    ["xfs", false],
    ["btrfs", false],
  ])("%s: %s", (type, expected) => {
    expect(canBeKept(planOf(whole(type)))).toBe(expected);
  });
});
