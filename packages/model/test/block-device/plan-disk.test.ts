import { describe, expect, it } from "vitest";
import { type DiskParameters, parseBlockDeviceGraph } from "../../src/block-device/index.js";
import { planSeededDisk } from "../../src/block-device/plan-seeded-disk.js";

const MIB = 1024 * 1024;

function plan(text: string, parameters: DiskParameters = {}) {
  const { config, diagnostics } = parseBlockDeviceGraph({ path: "test.yaml", text });
  if (config === undefined) throw new Error(diagnostics.map(({ message }) => message).join("\n"));
  return planSeededDisk(config, parameters);
}

const mbr = `
- local_loop: { name: image0 }
- partitioning:
    base: image0
    label: mbr
    partitions:
      - { name: boot, size: 100MiB, flags: [ primary, boot ], mkfs: { type: ext2, label: boot, mount: { mount_point: /boot } } }
      - { name: root, size: 100%, mkfs: { mount: { mount_point: /, fstab: { options: noatime, fsck-passno: 1 } } } }`;

it("is JSON with unknown sizes before the tree is built, and known ones after", () => {
  const before = plan(mbr).plan;
  expect(JSON.parse(JSON.stringify(before))).toEqual(before);
  expect(before?.nodes.find(({ kind }) => kind === "local-loop")).toMatchObject({ bytes: null });
  expect(before?.nodes.find(({ kind }) => kind === "partition-table")).toMatchObject({
    partitions: [
      { name: "boot", number: 1, start: null, bytes: null, bootable: true },
      { name: "root", number: 5, start: null, bytes: null, bootable: false },
    ],
  });
  const after = plan(mbr, { imageBytes: 1024 * MIB }).plan;
  expect(after?.nodes.find(({ kind }) => kind === "partition-table")).toMatchObject({
    partitions: [
      { name: "boot", start: 2048, bytes: 100 * MIB },
      { name: "root", start: 208896, bytes: 922 * MIB },
    ],
  });
});

it.each<[string, DiskParameters, Record<string, string>, string]>([
  [
    "defaults",
    {},
    { DIB_ROOT_LABEL: "cloudimg-rootfs", DIB_ROOT_FSTYPE: "ext4" },
    "LABEL=cloudimg-rootfs / ext4 noatime 0 1\n",
  ],
  [
    "FS_TYPE",
    { rootFilesystem: "xfs" },
    { DIB_ROOT_LABEL: "img-rootfs", DIB_ROOT_FSTYPE: "xfs" },
    "LABEL=img-rootfs / xfs noatime 0 1\n",
  ],
  [
    "--root-label",
    { rootLabel: "sys" },
    { DIB_ROOT_LABEL: "sys", DIB_ROOT_FSTYPE: "ext4" },
    "LABEL=sys / ext4 noatime 0 1\n",
  ],
])("the root filesystem takes %s", (_, parameters, environment, fstab) => {
  const made = plan(mbr, parameters).plan;
  expect(made?.environment).toEqual({ ...environment, DIB_BOOT_LABEL: "boot", DIB_MOUNTPOINTS: "/boot|/" });
  expect(made?.fstab).toBe(fstab);
});

it("gives only mkfs_root the options of the command line", () => {
  const made = plan(mbr, { rootMkfsOptions: "-i 4096 -J size=64" }).plan;
  const options = made?.nodes.flatMap((node) => (node.kind === "mkfs" ? [[node.name, node.options]] : []));
  expect(options).toEqual([
    ["mkfs_boot", []],
    ["mkfs_root", ["-i", "4096", "-J", "size=64"]],
  ]);
});

it("makes the same UUIDs from the same seed, and none without one", () => {
  const uuids = (parameters: DiskParameters) =>
    plan(mbr, parameters).plan?.nodes.flatMap((node) => ("uuid" in node ? [node.uuid] : []));
  // They go to the process that builds as JSON.
  const seeded = (seed: string): DiskParameters => JSON.parse(JSON.stringify({ seed }));
  expect(uuids({})).toEqual([null, null, null]);
  expect(uuids(seeded("a"))).toEqual(uuids(seeded("a")));
  expect(new Set([...(uuids(seeded("a")) ?? []), ...(uuids(seeded("b")) ?? [])]).size).toBe(6);
  expect(uuids(seeded("a"))?.[0]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

describe("what only the size shows", () => {
  const gpt = (sizes: readonly string[], more = "") => `
- local_loop: { name: image0${more}, mkfs: { type: ext4, mount: { mount_point: / } } }
- partitioning: { base: image0, label: gpt, partitions: [ ${sizes.map((size, at) => `{ name: p${at}, size: ${size} }`).join(", ")} ] }`;

  it.each<[string, string, DiskParameters, readonly string[]]>([
    ["fits", gpt(["550MiB", "8MiB", "100%"]), { imageBytes: 1024 * MIB }, []],
    [
      "a partition larger than the disk",
      gpt(["550MiB", "8MiB"]),
      { imageBytes: 512 * MIB },
      ['error partition "p0" of 550MiB does not fit on disk "image0" of 512MiB'],
    ],
    [
      "nothing left for a share",
      gpt(["510MiB", "100%"]),
      { imageBytes: 512 * MIB },
      ['error partition "p1" of 100% does not fit on disk "image0" of 512MiB'],
    ],
    [
      "shares of more than all",
      mbr.replace("100MiB", "90%").replace("100%", "150%"),
      { imageBytes: 1024 * MIB },
      ['error partition "root" of 150% does not fit on disk "image0" of 1GiB'],
    ],
    [
      "a disk with a size of its own",
      gpt(["2GiB"], ", size: 1GiB"),
      {},
      ['error partition "p0" of 2GiB does not fit on disk "image0" of 1GiB'],
    ],
    [
      "an MBR on large sectors",
      mbr,
      { imageBytes: 1024 * MIB, blockSize: 4096 },
      ['warning an mbr table counts sectors of 512 bytes but disk "image0" has sectors of 4096'],
    ],
    [
      "a root label from the command line that is too long",
      mbr,
      { rootLabel: "seventeen-letters", imageBytes: 1024 * MIB },
      ['error label "seventeen-letters" has 17 characters but ext4 stores 16'],
    ],
    [
      "a root label that is taken",
      mbr,
      { rootLabel: "boot" },
      ['error mkfs "mkfs_root" has the label "boot" of mkfs "mkfs_boot"'],
    ],
  ])("%s", (_, text, parameters, expected) => {
    const { plan: made, diagnostics } = plan(text, parameters);
    expect(diagnostics.map(({ severity, message }) => `${severity} ${message}`)).toEqual(expected);
    expect(made === undefined).toBe(expected.some((message) => message.startsWith("error")));
  });
});
